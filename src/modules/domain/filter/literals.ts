import { type IToken } from 'chevrotain';
import { explainInvalidRange, parseAddressRange } from '../../../common/ip/index.js';
import { FilterSyntaxError, shown } from './filter.errors.js';
import { placeIn, placeOf } from './places.js';
import { type IntLiteral, type IpLiteral, type StringLiteral } from './tree.js';

const ESCAPE = /\\(?:x[0-9A-Fa-f]{2}|[\s\S])/g;
const SIMPLE_ESCAPES = new Map([
  ['\\"', '"'],
  ['\\\\', '\\'],
  ['\\n', '\n'],
  ['\\r', '\r'],
  ['\\t', '\t'],
]);
const RAW = /^r(#*)"([\s\S]*)"\1$/;

/** What a text in quotes says, or a raw one. @throws FilterSyntaxError at an escape that is none */
export function stringOf(token: IToken): StringLiteral {
  const raw = RAW.exec(token.image);
  const value = raw?.[2] ?? unescaped(token);
  return { kind: 'string', value, place: placeOf(token) };
}

function unescaped(token: IToken): string {
  return token.image.slice(1, -1).replace(ESCAPE, (escape, index: number) => {
    const known = SIMPLE_ESCAPES.get(escape);
    if (known !== undefined) {
      return known;
    }
    if (escape.length === 4) {
      return String.fromCharCode(Number.parseInt(escape.slice(2), 16));
    }
    throw new FilterSyntaxError(
      placeIn(token.image, index + 1, escape.length, placeOf(token)),
      `${shown(escape)} is no escape. Use \\" \\\\ \\n \\r \\t or \\xHH, or a raw text such as r"C:\\dir".`,
    );
  });
}

/** A pattern in quotes has the escapes of patterns, and \" for a quote, so that "\d" needs no second backslash. */
export function patternOf({ image }: IToken): string {
  return RAW.exec(image)?.[2] ?? image.slice(1, -1).replace(ESCAPE, (escape) => (escape === '\\"' ? '"' : escape));
}

const WHOLE = /^-?(?:0|[1-9]\d*)$/;

/** @throws FilterSyntaxError */
export function intOf(token: IToken): IntLiteral {
  const value = Number(token.image);
  if (!WHOLE.test(token.image) || !Number.isSafeInteger(value)) {
    throw new FilterSyntaxError(
      placeOf(token),
      `${shown(token.image)} is not a whole number in decimal, without leading zeros, from -(2^53 - 1) to 2^53 - 1.`,
    );
  }
  // There is one zero.
  return { kind: 'int', value: value === 0 ? 0 : value, place: placeOf(token) };
}

/** @throws FilterSyntaxError */
export function ipOf(token: IToken): IpLiteral {
  const range = parseAddressRange(token.image);
  if (range === null) {
    throw new FilterSyntaxError(placeOf(token), `${shown(token.image)} ${explainInvalidRange(token.image)}.`);
  }
  return { kind: 'ip', value: range.text, place: placeOf(token) };
}
