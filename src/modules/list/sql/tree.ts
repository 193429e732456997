/** A place in the text: line and column from 1, offset from 0, in UTF-16 units. */
export interface Place {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A name as it was written, without its quotes. */
export interface Name {
  readonly text: string;
  readonly place: Place;
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%';
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

interface At {
  readonly place: Place;
  /** Levels of nodes, this one included. */
  readonly depth: number;
}

export type NumberNode = At & { readonly kind: 'number'; readonly value: number };
export type TextNode = At & { readonly kind: 'text'; readonly value: string };
export type ColumnNode = At & { readonly kind: 'column'; readonly table: Name | null; readonly name: Name };
export type CallNode = At & {
  readonly kind: 'call';
  readonly name: Name;
  readonly distinct: boolean;
  /** Null is `*`. */
  readonly inputs: readonly Expression[] | null;
};
export type CastNode = At & {
  readonly kind: 'cast';
  readonly operand: Expression;
  readonly type: Name;
  readonly size: string | null;
};

export type Expression =
  | NumberNode
  | TextNode
  | ColumnNode
  | CallNode
  | CastNode
  | (At & { readonly kind: 'null' })
  /** `*` or `alias.*`; only as a whole item. */
  | (At & { readonly kind: 'all'; readonly table: Name | null })
  | (At & { readonly kind: 'negate'; readonly operand: Expression })
  | (At & Both & { readonly kind: 'arithmetic'; readonly operator: Arithmetic })
  | (At & Both & { readonly kind: 'compare'; readonly operator: Comparison })
  | (At & Both & { readonly kind: 'logic'; readonly operator: 'and' | 'or' })
  | (At & { readonly kind: 'not'; readonly operand: Expression })
  | (At & Negatable & { readonly kind: 'null-test' })
  | (At & Negatable & { readonly kind: 'in'; readonly values: readonly Expression[] })
  | (At & Negatable & { readonly kind: 'between'; readonly low: Expression; readonly high: Expression })
  | (At & Negatable & { readonly kind: 'like'; readonly pattern: Expression; readonly escape: TextNode | null });

interface Both {
  readonly left: Expression;
  readonly right: Expression;
}

interface Negatable {
  readonly operand: Expression;
  readonly negated: boolean;
}

export interface Item {
  readonly value: Expression;
  readonly alias: Name | null;
}

export interface Source {
  readonly name: Name;
  readonly alias: Name | null;
}

export interface Join extends Source {
  readonly kind: 'inner' | 'left';
  readonly on: Expression;
}

export interface Order {
  readonly value: Expression;
  readonly descending: boolean;
}

export interface Select {
  readonly distinct: boolean;
  readonly top: number | null;
  readonly items: readonly Item[];
  readonly from: Source;
  readonly joins: readonly Join[];
  readonly where: Expression | null;
  readonly groups: readonly Expression[];
  readonly having: Expression | null;
  readonly orders: readonly Order[];
}
