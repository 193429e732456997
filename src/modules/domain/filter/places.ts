import { type IToken } from 'chevrotain';
import { type Place } from './tree.js';

export function placeOf(token: IToken): Place {
  const { startOffset, startLine, startColumn, image } = token;
  return { offset: startOffset, length: image.length, line: startLine ?? 1, column: startColumn ?? 1 };
}

/** From the beginning of the one to the end of the other. */
export function spanOf(from: Place, to: Place): Place {
  return { ...from, length: to.offset + to.length - from.offset };
}

/** @param origin the place of the first character of the text */
export function placeIn(text: string, offset: number, length: number, origin?: Place): Place {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  const begin = origin ?? { offset: 0, line: 1, column: 1 };
  return {
    offset: begin.offset + offset,
    length,
    line: begin.line + lines.length - 1,
    column: (lines.at(-1) ?? '').length + (lines.length === 1 ? begin.column : 1),
  };
}
