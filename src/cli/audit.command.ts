import { type INestApplicationContext } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { InvalidInputError } from '../common/errors/index.js';
import { type Anchor, ChainVerifier, type HubReport } from '../modules/activity/index.js';
import { answer, type OutputOptions, table } from './output.js';

export interface AuditVerifyOptions extends OutputOptions {
  readonly hub?: string;
  readonly head?: readonly Anchor[];
}

/** A running server seals within a second; what has waited longer is worth a word. */
const LONG_MS = 60_000;

/** Resolves to false when a chain is broken. */
export async function verifyAudit(app: INestApplicationContext, options: AuditVerifyOptions): Promise<boolean> {
  const reports = await app.get(ChainVerifier).verify(options.hub, options.head);
  if (options.hub !== undefined && reports.length === 0) {
    throw new InvalidInputError(`There is no hub "${options.hub}".`);
  }
  const intact = reports.every(({ broken }) => broken === null);
  const late = app.get(Clock).now() - LONG_MS;
  const lines = [
    ...table([['ID', 'NAME', 'SEALED', 'UNSEALED', 'HEAD', 'STATE'], ...reports.map(rowOf)]),
    ...reports.flatMap((report) => [...waitingLines(report, late), ...brokenLines(report)]),
    summaryOf(reports),
  ];
  answer(options, { intact, hubs: reports.map(factsOf) }, lines);
  return intact;
}

/** The head as `--head` takes it, without the hub. */
function rowOf({ id, name, sealed, unsealed, head, broken }: HubReport): string[] {
  const end = head ? `${head.position}:${head.seal}` : '-';
  return [id, name ?? '-', String(sealed), String(unsealed.count), end, broken ? 'BROKEN' : 'intact'];
}

function waitingLines({ id, unsealed }: HubReport, late: number): string[] {
  if (unsealed.since === null || unsealed.since > late) {
    return [];
  }
  const rows = unsealed.count === 1 ? '1 row waits' : `${unsealed.count} rows wait`;
  return [
    `Hub ${id}: ${rows} for a seal since ${isoOf(unsealed.since)}. A running server seals; if one runs, see its log.`,
  ];
}

function brokenLines({ id, broken }: HubReport): string[] {
  if (!broken) {
    return [];
  }
  const place = broken.position === null ? 'not sealed yet' : `position ${broken.position}`;
  const row = broken.rowId === null ? '' : `, row ${broken.rowId}`;
  return [`Hub ${id} is broken first at: ${place}${row}: ${broken.problem}.`];
}

function summaryOf(reports: readonly HubReport[]): string {
  const broken = reports.filter((report) => report.broken !== null).length;
  const hubs = reports.length === 1 ? '1 hub' : `${reports.length} hubs`;
  return broken === 0
    ? `The activities of ${hubs} are as they were written, as far as the database alone can tell; --head tells more.`
    : `The activities of ${broken} of ${hubs} are not as they were written.`;
}

function factsOf({ id, name, sealed, unsealed, head, broken }: HubReport) {
  return {
    id,
    name,
    sealed,
    head: head && { position: head.position, seal: head.seal, sealed_at: isoOf(head.sealedAt) },
    unsealed: unsealed.count,
    unsealed_since: unsealed.since === null ? null : isoOf(unsealed.since),
    broken: broken && { position: broken.position, row_id: broken.rowId, problem: broken.problem },
  };
}

/** Also of a number that somebody made up and that is no moment. */
function isoOf(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? 'an impossible time' : date.toISOString();
}
