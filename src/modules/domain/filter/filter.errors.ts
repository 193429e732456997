import { type ListType, type Place } from './tree.js';

/** A filter that is refused, and the place in its text. The message says what was wrong there and what would be right. */
export abstract class FilterError extends Error {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;

  constructor(place: Place, message: string) {
    super(message);
    this.name = new.target.name;
    this.offset = place.offset;
    this.length = place.length;
    this.line = place.line;
    this.column = place.column;
  }
}

/** The text does not belong to the language, or compares what cannot be compared. */
export class FilterSyntaxError extends FilterError {
  /** @param expected what could have stood at the place, where that is a short list */
  constructor(
    place: Place,
    message: string,
    readonly expected?: readonly string[],
  ) {
    super(place, message);
  }
}

/** The filter names a list that is not there. */
export class UnknownListError extends FilterError {
  constructor(
    place: Place,
    readonly list: string,
  ) {
    super(place, `There is no list $${list}. Create it first, or write the values in braces.`);
  }
}

/** The filter compares with a list of another type. */
export class ListTypeError extends FilterError {
  constructor(
    place: Place,
    readonly list: string,
    readonly needed: ListType,
    readonly found: ListType,
  ) {
    super(place, `The list $${list} is of type ${found}; what it is compared with here needs one of type ${needed}.`);
  }
}

/** A request is so long that all filters cannot be asked about it in the time that any request may take. */
export class TooLongToJudgeError extends Error {}

const SHOWN_LENGTH = 60;

/** Text of the caller's, for a message. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
}
