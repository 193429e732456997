import { nameKey } from '../../common/name-key.js';
import {
  COLUMN_TYPES,
  columnNameProblem,
  type ColumnType,
  ID_COLUMN,
  layColumns,
  type ListColumn,
  SLOTS_PER_KIND,
} from '../list/index.js';
import { type ImportColumn } from './list-import.entity.js';
import { BadHeaderError, clip } from './list-import.errors.js';

const ID_KEY = nameKey(ID_COLUMN.name);
const ID_IMPORT: ImportColumn = { id: null, ...ID_COLUMN };

/**
 * The columns of a list that a header line names, in the order of the file; names match without case. ID may be among
 * them, as in what we write, and is read over: the server gives it. @throws BadHeaderError
 */
export function columnsNamed(columns: readonly ListColumn[], header: readonly string[]): ImportColumn[] {
  assertDistinct(header);
  const byKey = new Map(columns.map((column) => [nameKey(column.name), column]));
  const unknown = header.filter((name) => nameKey(name) !== ID_KEY && !byKey.has(nameKey(name)));
  if (unknown.length > 0) {
    throw new BadHeaderError(
      `The list has no column named ${quoted(unknown)}. It has ${quoted(namesOf(columns))}.`,
      unknown,
    );
  }
  const found = header.map((name): ImportColumn => {
    const column = byKey.get(nameKey(name));
    return column ? { id: column.id, name: column.name, type: column.type } : ID_IMPORT;
  });
  assertMore(found);
  return found;
}

/**
 * The columns of a list to be made after a header line, their types given, or as the cells look.
 * @throws BadHeaderError for names and numbers of columns that no list can have
 */
export function columnsToMake(header: readonly string[], looks: readonly ColumnType[], given?: string): ImportColumn[] {
  assertDistinct(header);
  const own = header.filter((name) => nameKey(name) !== ID_KEY);
  own.forEach((name) => assertName(name));
  const types =
    given === undefined ? looks.filter((_, index) => nameKey(header[index]) !== ID_KEY) : readTypes(given, own);
  const texts = types.filter((type) => type === 'String').length;
  if (texts > SLOTS_PER_KIND || types.length - texts > SLOTS_PER_KIND) {
    throw new BadHeaderError(
      `A list has at most ${SLOTS_PER_KIND} Number and Boolean columns together, and at most ${SLOTS_PER_KIND} String ` +
        `columns; this file has ${types.length - texts} and ${texts}.`,
    );
  }
  const made = new Map(own.map((name, index) => [name, { id: index + 1, name, type: types[index] }]));
  const all = header.map((name) => made.get(name) ?? ID_IMPORT);
  assertMore(all);
  return all;
}

/** The columns of the list itself, of `columnsToMake`. */
export function laidOut(columns: readonly ImportColumn[]): ListColumn[] {
  return layColumns(columns.filter(({ id }) => id !== null).map(({ name, type }) => ({ name, type })));
}

function readTypes(given: string, names: readonly string[]): ColumnType[] {
  const types = given.split(',').map((one) => {
    const type = COLUMN_TYPES.find((known) => known.toLowerCase() === one.trim().toLowerCase());
    if (!type) {
      throw new BadHeaderError(`types has ${quoted([one])}. A column is one of ${COLUMN_TYPES.join(', ')}.`);
    }
    return type;
  });
  if (types.length !== names.length) {
    throw new BadHeaderError(
      `types names ${types.length} columns, and the file has ${names.length} beside ID: name one type for each.`,
    );
  }
  return types;
}

function assertDistinct(header: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of header) {
    const key = nameKey(name);
    if (name === '') {
      throw new BadHeaderError('The header line has a column without a name.');
    }
    if (seen.has(key)) {
      throw new BadHeaderError(`The header line names ${quoted([name])} twice. Names are compared without case.`, [
        name,
      ]);
    }
    seen.add(key);
  }
}

function assertName(name: string): void {
  const problem = columnNameProblem(name);
  if (problem) {
    throw new BadHeaderError(`The name of a column ${problem}: ${quoted([name])}.`, [name]);
  }
  if (['__proto__', 'constructor', 'prototype'].includes(nameKey(name))) {
    throw new BadHeaderError(`A column cannot be named ${quoted([name])}. Choose another name.`, [name]);
  }
}

function assertMore(columns: readonly ImportColumn[]): void {
  if (columns.every(({ id }) => id === null)) {
    throw new BadHeaderError('The header line names no column beside ID, which the server gives.');
  }
}

function namesOf(columns: readonly ListColumn[]): string[] {
  return columns.map(({ name }) => name);
}

function quoted(names: readonly string[]): string {
  const more = names.length > 20 ? ' and more' : '';
  return (
    names
      .slice(0, 20)
      .map((name) => JSON.stringify(clip(name)))
      .join(', ') + more
  );
}
