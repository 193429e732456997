import type { ColumnOptions, ValueTransformer } from 'typeorm';
import { databaseKindFromEnvironment } from './database-url.js';
import { storageOf, type StorageName } from './storage.js';

/** What an entity may add to a column: its name, whether it is nullable, a default. Never its type. */
export type ColumnExtra = Omit<ColumnOptions, 'type' | 'length' | 'transformer' | 'precision' | 'scale'>;

/** A column of a type that the database can hold; `nullable` is exactly what was asked, as `@PrimaryColumn` wants it. */
export type PortableColumn<E extends ColumnExtra> = Omit<ColumnOptions, 'nullable'> & Pick<E, keyof E & 'nullable'>;

/** Null and undefined pass unchanged: "no value" is the same on every database. */
function transformer(to: (value: never) => unknown, from: (value: never) => unknown): ValueTransformer {
  return {
    to: (value: unknown) => (value === null || value === undefined ? value : to(value as never)),
    from: (value: unknown) => (value === null || value === undefined ? value : from(value as never)),
  };
}

const asNumber = transformer((value: number) => value, Number);
const asBoolean = transformer((value: boolean) => (value ? 1 : 0), Boolean);
const asJson = transformer(JSON.stringify, (text: string) => JSON.parse(text) as unknown);
const asBuffer = transformer(toBuffer, toBuffer);

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function build(name: StorageName, extra: ColumnExtra | undefined, length?: number, values?: ValueTransformer): object {
  const usual = typeof extra?.default === 'boolean' ? { default: extra.default ? 1 : 0 } : {};
  const storage = storageOf(name, databaseKindFromEnvironment(), length);
  return { ...extra, ...usual, ...storage, ...(values && { transformer: values }) };
}

type Builder = <E extends ColumnExtra = {}>(extra?: E) => PortableColumn<E>;
type SizedBuilder = <E extends ColumnExtra = {}>(length: number, extra?: E) => PortableColumn<E>;

function builder(name: StorageName, values?: ValueTransformer): Builder {
  return <E extends ColumnExtra>(extra?: E) => build(name, extra, undefined, values) as PortableColumn<E>;
}

function sizedBuilder(name: StorageName, values?: ValueTransformer): SizedBuilder {
  return <E extends ColumnExtra>(length: number, extra?: E) => build(name, extra, length, values) as PortableColumn<E>;
}

/** An id of `common/ids`: 24 characters. */
export const idColumn = builder('id');

/** Text of at most so many characters. SQLite does not enforce the length, so validate before. */
export const stringColumn = sizedBuilder('string');

/** Text without a limit worth naming; it cannot be part of a key. */
export const textColumn = builder('text');

/** A JSON value as text; the entity sees the value. SQL NULL and JSON null are both `null`. */
export const jsonColumn = builder('json', asJson);

/** A moment as epoch milliseconds; the entity sees a number. */
export const timeColumn = builder('time', asNumber);

/** A 64-bit counter; the entity sees a number, exact up to 2^53. */
export const counterColumn = builder('counter', asNumber);

/** A 32-bit integer. */
export const integerColumn = builder('integer');

/** A 16-bit integer. */
export const smallColumn = builder('small');

/** True or false; kept as 1 or 0, and raw SQL sees 1 or 0. */
export const booleanColumn = builder('boolean', asBoolean);

/** Exactly so many bytes, e.g. a hash (MySQL pads shorter values with zeros); the entity sees a Buffer. */
export const binaryColumn = sizedBuilder('binary', asBuffer);

/** At most so many bytes, and as many as were given; can be part of a key. SQLite does not enforce the length. */
export const bytesColumn = sizedBuilder('bytes', asBuffer);

/** Any number of bytes; the entity sees a Buffer. */
export const blobColumn = builder('blob', asBuffer);

/** A double-precision number. */
export const doubleColumn = builder('double');
