import { createReadStream, existsSync } from 'node:fs';
import { InvalidInputError } from '../common/errors/index.js';
import { type Config, InvalidEnvironmentError, secretFileOf } from '../config/index.js';
import { type Anchor, type ExportReport, Seals, verifyExport } from '../modules/activity/index.js';
import { answer, type OutputOptions } from './output.js';

export interface AuditFileOptions extends OutputOptions {
  readonly file: string;
  readonly head?: readonly Anchor[];
}

/** Verifies an export without the database that it came from. Resolves to false when a line is not as it was exported. */
export async function verifyAuditFile(config: Config, options: AuditFileOptions): Promise<boolean> {
  assertSecret(config);
  const anchors = options.head ?? [];
  const report = await verifyExport(linesOf(options.file), new Seals(config), anchors);
  assertSameHub(report, anchors);
  const intact = report.broken === null;
  answer(options, { intact, export: factsOf(report) }, [summaryOf(report), ...brokenLines(report)]);
  return intact;
}

/** A server would make a secret on its first start; one that was just made proves nothing. */
function assertSecret({ secretSettings }: Config): void {
  const file = secretFileOf(secretSettings);
  if (!secretSettings.HUBGATE_SECRET && (file === null || !existsSync(file))) {
    throw new InvalidEnvironmentError(['HUBGATE_SECRET or HUBGATE_SECRET_FILE is required: that of the server']);
  }
}

/** By line feeds alone: other characters that end lines for some readers may be part of a name. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') {
    yield rest;
  }
}

function assertSameHub({ header }: ExportReport, anchors: readonly Anchor[]): void {
  const other = header && anchors.find(({ hubId }) => hubId !== header.hub_id);
  if (header && other) {
    throw new InvalidInputError(`--head names hub ${other.hubId}, and this is an export of hub ${header.hub_id}.`);
  }
}

function factsOf({ header, sealed, unsealed, last, broken }: ExportReport) {
  return {
    hub: header?.hub_id ?? null,
    exported_at: header?.exported_at ?? null,
    from: header?.from ?? null,
    to: header?.to ?? null,
    sealed,
    unsealed,
    last: last && { position: last.position, seal: last.seal.toString('hex') },
    broken: broken && {
      line: broken.line,
      position: broken.position,
      row_id: broken.rowId,
      problem: broken.problem,
    },
  };
}

function summaryOf({ header, sealed, unsealed, last, broken }: ExportReport): string {
  const whose = header ? `Export of hub ${header.hub_id}, made at ${header.exported_at}` : 'An export';
  const span = last ? ` up to position ${last.position}` : '';
  const rows = `${sealed} sealed rows${span} and ${unsealed} without a seal`;
  return broken
    ? `${whose} is NOT intact; before the broken line are ${rows}.`
    : `${whose} is intact: ${rows} are as they were exported, and the sealed ones as they were written.`;
}

function brokenLines({ broken }: ExportReport): string[] {
  if (!broken) {
    return [];
  }
  const place = broken.position === null ? '' : `, position ${broken.position}`;
  const row = broken.rowId === null ? '' : `, row ${broken.rowId}`;
  return [`It is broken first at: line ${broken.line}${place}${row}: ${broken.problem}.`];
}
