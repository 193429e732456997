import { type AppError } from '../common/errors/index.js';
import { asAppError } from '../common/http/error.filter.js';
import { renderError } from '../common/http/error-body.js';
import { type ApiDocuments } from './documents.js';
import { code, codes, GENERATED, page, table } from './markdown.js';
import { groupsOf, type OperationGroup, operationsOf } from './operations.js';

/** One meaning of a code: what the client is told, where it points to, and which operations say so. */
interface Meaning {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly source: string;
  readonly places: readonly string[];
}

type ErrorFacts = Pick<AppError, 'status' | 'code' | 'title'> & { readonly detail?: string; readonly source?: string };

/** What HTTP itself can go wrong with, before any operation is reached. */
const BEFORE_OPERATIONS = [400, 404, 413];
const ANYWHERE = 'before any operation';
/** A title for less than these is longer than their names. */
const WORTH_A_TITLE = 3;

/** docs/errors.md: every code that an operation can give, what it means, where, and what would be right. */
export function errorsPage(documents: ApiDocuments): string {
  const meanings = merged([...fromOperations(documents), ...beforeOperations()]);
  const groups = groupsOf(operationsOf(documents));
  return page([
    '# Errors',
    GENERATED,
    'Decide by the `code`: it is stable. `title` and `detail` are for people; `source` is a JSON pointer (RFC 6901) to ' +
      'the input at fault. The management door answers `{error: {status, code, title, detail, source, extra, requestId}, ' +
      'data: null}`, the public door the same fields as RFC 9457 `application/problem+json`, the account door ' +
      '`{error, code, requestId, validation_errors?}`, with 400 where the others say 422. Ids, names and times below are ' +
      'examples.',
    indexOf(meanings),
    ...byCode(meanings).map((meaning) => section(meaning, groups)),
  ]);
}

function fromOperations(documents: ApiDocuments): Meaning[] {
  return operationsOf(documents).flatMap(({ name, operation }) =>
    Object.values(operation.responses)
      .flatMap(({ content = {} }) => Object.values(content))
      .flatMap(({ examples = {} }) => Object.values(examples))
      .map(({ value }) => meaningOf(factsOf(value), name)),
  );
}

function beforeOperations(): Meaning[] {
  return BEFORE_OPERATIONS.map((statusCode) => {
    const error = asAppError(Object.assign(new Error(), { statusCode }));
    return meaningOf(factsOf(renderError(error, 'management', '').body), ANYWHERE);
  });
}

/** The error in the body of any door. That of the account door has no title: its code has one at the others. */
function factsOf(body: unknown): ErrorFacts {
  const { error, code: name = '' } = body as { error?: ErrorFacts | string; code?: string };
  if (typeof error === 'string') {
    return { status: Number.parseInt(name, 10), code: name, title: '', detail: error };
  }
  return error ?? (body as ErrorFacts);
}

function meaningOf({ status, code: name, title, detail = '', source = '' }: ErrorFacts, place: string): Meaning {
  return { status, code: name, title, detail, source, places: [place] };
}

/** Those that tell the same thing become one, with the operations of all. */
function merged(meanings: readonly Meaning[]): Meaning[] {
  const found = new Map<string, Meaning>();
  for (const meaning of meanings) {
    const key = JSON.stringify([meaning.code, meaning.detail || meaning.title, meaning.source]);
    const places = [...(found.get(key)?.places ?? []), ...meaning.places];
    const title = found.get(key)?.title || meaning.title;
    found.set(key, { ...meaning, title, places: [...new Set(places)] });
  }
  return [...found.values()];
}

function byCode(meanings: readonly Meaning[]): Meaning[][] {
  const names = [...new Set(meanings.map((meaning) => meaning.code))].sort();
  return names.map((name) => meanings.filter((meaning) => meaning.code === name));
}

function indexOf(meanings: readonly Meaning[]): string {
  const rows = byCode(meanings).map((group) => [
    String(group[0].status),
    `[${code(group[0].code)}](#${group[0].code.replaceAll('.', '')})`,
    titlesOf(group, meanings),
  ]);
  return table(['status', 'code', 'meaning'], rows);
}

/** What is a 400 at the account door is called as the 422 of the others. */
function titlesOf(group: readonly Meaning[], all: readonly Meaning[]): string {
  const alike = all.filter((one) => one.code === group[0].code.replace(/^400/, '422'));
  const titles = (of: readonly Meaning[]) => [...new Set(of.flatMap(({ title }) => title || []))].join(' ');
  return titles(group) || titles(alike);
}

function section(meanings: readonly Meaning[], groups: readonly OperationGroup[]): string {
  const rows = meanings.map(({ title, detail, source, places }) => [
    detail || title,
    source && code(source),
    placesOf(places, groups),
  ]);
  return `## ${meanings[0].code}\n\n${table(['what was wrong, and what would be right', 'source', 'where'], rows)}`;
}

/** In as few words as it takes: whole groups of operations by their title, the rest by name. */
function placesOf(places: readonly string[], groups: readonly OperationGroup[]): string {
  const left = new Set(places);
  const titles: string[] = left.delete(ANYWHERE) ? [ANYWHERE] : [];
  for (const { title, names } of groups) {
    const isWhole = names.every((name) => places.includes(name));
    if (isWhole && names.filter((name) => left.has(name)).length >= WORTH_A_TITLE) {
      titles.push(title);
      names.forEach((name) => left.delete(name));
    }
  }
  return [...titles, ...(left.size > 0 ? [codes(left)] : [])].join(', ');
}
