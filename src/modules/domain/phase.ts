import { FIREWALL } from './domain-rule.entity.js';
import { IdlePhaseError, PhaseNotFoundError } from './rule.errors.js';

/** The account contract's phases. */
export const PHASES = [
  'request_rewrite',
  'url_config',
  FIREWALL,
  'rate_limit_request',
  'rate_limit_request_late',
  'rate_limit_response',
  'request_headers',
  'response_headers',
  'load_balance',
  'bulk_redirect',
] as const;
export type Phase = (typeof PHASES)[number];

/** @throws PhaseNotFoundError */
export function readPhase(text: string): Phase {
  const phase = PHASES.find((one) => one === text);
  if (phase === undefined) {
    throw new PhaseNotFoundError(PHASES);
  }
  return phase;
}

/** A phase in which rules can be kept, because they act. @throws PhaseNotFoundError, IdlePhaseError */
export function readActingPhase(text: string): typeof FIREWALL {
  const phase = readPhase(text);
  if (phase !== FIREWALL) {
    throw new IdlePhaseError(FIREWALL);
  }
  return phase;
}
