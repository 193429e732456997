import {
  heedsIdempotencyKey,
  IdempotencyKeyReusedError,
  InvalidIdempotencyKeyError,
  RequestInProgressError,
} from '../modules/idempotency/index.js';
import { type HeaderFacts, type RawOperation } from './types.js';

const DESCRIPTION =
  'Makes it safe to send this again when no answer came: the same key with the same body has one effect, and gets the ' +
  'same answer for 24 hours (a secret in it for ten minutes, then masked). Any 1 to 255 visible characters; take a new ' +
  'UUID for each thing that you want done.';

const NONE: HeaderFacts = { parameters: [], errors: [], answered: {} };

const HEEDED: HeaderFacts = {
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: DESCRIPTION,
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
    },
  ],
  errors: [new IdempotencyKeyReusedError(), new RequestInProgressError(), new InvalidIdempotencyKeyError()],
  answered: {
    'Idempotency-Replayed': {
      description: '`true` when this is the answer to an earlier request with the same Idempotency-Key.',
      schema: { type: 'string' },
    },
  },
};

/** What an operation does with `Idempotency-Key`; nothing where it is not heeded. */
export function idempotencyHeaders(path: string, method: string, raw: RawOperation): HeaderFacts {
  const heeded = raw['x-access']?.kind !== 'public' && heedsIdempotencyKey(method.toUpperCase(), path);
  return heeded ? HEEDED : NONE;
}
