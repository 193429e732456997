/** Of a filter, in UTF-16 units, as it is written and as it is printed. */
export const FILTER_LENGTH_MAX = 4096;

/** A place in the text of a filter: offset from 0, line and column from 1, all in UTF-16 units. */
export interface Place {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

interface At {
  readonly place: Place;
}

/** What a list may hold, and what it is compared with. */
export type ListType = 'ip' | 'string' | 'int';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type StringLiteral = At & { readonly kind: 'string'; readonly value: string };
export type IntLiteral = At & { readonly kind: 'int'; readonly value: number };
/** An address, or a range of addresses by its prefix, as its canonical text. */
export type IpLiteral = At & { readonly kind: 'ip'; readonly value: string };
/** Both ends belong to it. */
export type IntRange = At & { readonly kind: 'range'; readonly low: number; readonly high: number };
export type Literal = StringLiteral | IntLiteral | IpLiteral;
export type Member = Literal | IntRange;

/** A field of the request. Fields of many values have a key, and may have an index: a number, or each of them. */
export type FieldOperand = At & {
  readonly kind: 'field';
  readonly name: string;
  readonly key: string | null;
  readonly index: number | 'each' | null;
};
export type CallOperand = At & {
  readonly kind: 'call';
  readonly name: string;
  readonly inputs: readonly (Operand | Literal)[];
};
export type Operand = FieldOperand | CallOperand;

/** One question to the request. */
export type Test = At & { readonly operand: Operand } & (
    | { readonly kind: 'compare'; readonly operator: ComparisonOperator; readonly value: Literal }
    | { readonly kind: 'contains'; readonly value: string }
    | { readonly kind: 'matches'; readonly pattern: string; readonly patternPlace: Place }
    | { readonly kind: 'in'; readonly members: readonly Member[] }
    | { readonly kind: 'in-list'; readonly list: string; readonly listPlace: Place }
    /** A boolean by itself. */
    | { readonly kind: 'holds' }
  );

/** At least two operands, none of them of the same kind: `a and (b and c)` is `a and b and c`. */
export type Logic = At & { readonly kind: 'and' | 'xor' | 'or'; readonly operands: readonly Condition[] };
/** Never of another one: `not not a` is `a`. */
export type Not = At & { readonly kind: 'not'; readonly operand: Condition };
/** Over an operand with the index `each`. */
export type Quantified = At & { readonly kind: 'any' | 'all'; readonly test: Test };
export type Condition = Logic | Not | Quantified | Test;

/** A filter that was read and whose types are right. */
export type Filter = Condition;
