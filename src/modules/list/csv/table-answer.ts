import { type FastifyReply, type FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { type CsvTable, tableToCsv } from './table-csv.js';

export const CSV = 'text/csv';
/** Media ranges may have parameters, which count (RFC 9110 §12.5.1). The first is what those get who take anything. */
const OFFERED = ['application/json', ...[CSV, 'application/json'].flatMap((type) => withParameters(type))];
/** RFC 4180 §3, RFC 7111. */
const CSV_ANSWER = `${CSV}; charset=utf-8; header=present`;

/**
 * A table in the format that the caller likes best (RFC 9110 §12.5.1): CSV where `Accept` prefers it to JSON, and JSON
 * for everybody else, also for those who accept neither. Sets the headers that tell.
 */
export async function answerTable<T extends CsvTable>(
  table: T,
  { headers }: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
): Promise<T | string> {
  reply.header('vary', 'Accept');
  if (new Negotiator({ headers }).mediaType(OFFERED)?.startsWith(CSV) !== true) {
    return table;
  }
  reply.header('content-type', CSV_ANSWER);
  return tableToCsv(table);
}

function withParameters(type: string): string[] {
  return [
    type,
    ...['utf-8', 'UTF-8'].flatMap((charset) => [
      `${type};charset=${charset}`,
      `${type};charset=${charset};header=present`,
    ]),
  ];
}
