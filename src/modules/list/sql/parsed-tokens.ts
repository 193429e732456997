import { type IToken } from 'chevrotain';
import { type Place } from './tree.js';

/** A token that is of the right kind but says what cannot be. */
export class RefusedTokenError extends Error {
  constructor(readonly token: IToken) {
    super('A token was refused.');
  }
}

export function refuseUnless(fine: boolean, token: IToken): void {
  if (!fine) {
    throw new RefusedTokenError(token);
  }
}

export function placeOf({ startOffset, startLine, startColumn }: IToken): Place {
  return { offset: startOffset, line: startLine ?? 1, column: startColumn ?? 1 };
}
