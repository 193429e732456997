import { EmbeddedActionsParser, type IToken, type TokenType } from 'chevrotain';
import { node } from './node.js';
import { placeOf, refuseUnless } from './parsed-tokens.js';
import * as t from './tokens.js';
import { type Arithmetic, type Comparison, type Expression, type Name, type TextNode } from './tree.js';

const OPERATORS = new Map<TokenType, Arithmetic>([
  [t.Plus, '+'],
  [t.Minus, '-'],
  [t.Star, '*'],
  [t.Slash, '/'],
  [t.Percent, '%'],
]);

/** The part of the grammar below the clauses of a statement. */
export abstract class ExpressionParser extends EmbeddedActionsParser {
  constructor() {
    super(t.TOKENS, { maxLookahead: 1, recoveryEnabled: false });
  }

  protected readonly name = this.RULE('name', (): Name => {
    const token = this.CONSUME(t.Name);
    return { text: t.nameOf(token.image), place: placeOf(token) };
  });

  protected readonly condition: () => Expression = this.RULE('condition', (): Expression => {
    let left = this.SUBRULE(this.and);
    this.MANY(() => {
      const place = placeOf(this.CONSUME(t.OR));
      const right = this.SUBRULE1(this.and);
      left = this.node({ kind: 'logic', operator: 'or', left, right, place }, [left, right]);
    });
    return left;
  });

  private readonly and = this.RULE('and', (): Expression => {
    let left = this.SUBRULE(this.not);
    this.MANY(() => {
      const place = placeOf(this.CONSUME(t.AND));
      const right = this.SUBRULE1(this.not);
      left = this.node({ kind: 'logic', operator: 'and', left, right, place }, [left, right]);
    });
    return left;
  });

  private readonly not = this.RULE('not', (): Expression => {
    const nots: IToken[] = [];
    this.MANY(() => nots.push(this.CONSUME(t.NOT)));
    const operand = this.SUBRULE(this.comparison);
    return nots.reduceRight(
      (inner, not) => this.node({ kind: 'not', operand: inner, place: placeOf(not) }, [inner]),
      operand,
    );
  });

  private readonly comparison = this.RULE('comparison', (): Expression => {
    const left = this.SUBRULE(this.sum);
    return (
      this.OPTION(() =>
        this.OR([
          {
            ALT: () => {
              const token = this.CONSUME(t.Compare);
              const right = this.SUBRULE1(this.sum);
              const operator = (token.image === '!=' ? '<>' : token.image) as Comparison;
              return this.node({ kind: 'compare', operator, left, right, place: placeOf(token) }, [left, right]);
            },
          },
          { ALT: () => this.SUBRULE(this.nullTest, { ARGS: [left] }) },
          { ALT: () => this.SUBRULE(this.membership, { ARGS: [left] }) },
        ]),
      ) ?? left
    );
  });

  private readonly nullTest = this.RULE('nullTest', (operand: Expression): Expression => {
    const place = placeOf(this.CONSUME(t.IS));
    const negated = this.OPTION(() => this.CONSUME(t.NOT)) !== undefined;
    this.CONSUME(t.NULL);
    return this.node({ kind: 'null-test', operand, negated, place }, [operand]);
  });

  private readonly membership = this.RULE('membership', (operand: Expression): Expression => {
    const negated = this.OPTION(() => this.CONSUME(t.NOT)) !== undefined;
    return this.OR([
      { ALT: () => this.SUBRULE(this.in, { ARGS: [operand, negated] }) },
      { ALT: () => this.SUBRULE(this.between, { ARGS: [operand, negated] }) },
      { ALT: () => this.SUBRULE(this.like, { ARGS: [operand, negated] }) },
    ]);
  });

  private readonly in = this.RULE('in', (operand: Expression, negated: boolean): Expression => {
    const place = placeOf(this.CONSUME(t.IN));
    this.CONSUME(t.Open);
    const values = this.list(() => this.SUBRULE(this.sum));
    this.CONSUME(t.Close);
    return this.node({ kind: 'in', operand, negated, values, place }, [operand, ...values]);
  });

  private readonly between = this.RULE('between', (operand: Expression, negated: boolean): Expression => {
    const place = placeOf(this.CONSUME(t.BETWEEN));
    const low = this.SUBRULE(this.sum);
    this.CONSUME(t.AND);
    const high = this.SUBRULE1(this.sum);
    return this.node({ kind: 'between', operand, negated, low, high, place }, [operand, low, high]);
  });

  private readonly like = this.RULE('like', (operand: Expression, negated: boolean): Expression => {
    const place = placeOf(this.CONSUME(t.LIKE));
    const pattern = this.SUBRULE(this.sum);
    const escape = this.OPTION(() => (this.CONSUME(t.ESCAPE), this.textNode(this.CONSUME(t.Text)))) ?? null;
    return this.node({ kind: 'like', operand, negated, pattern, escape, place }, [operand, pattern]);
  });

  private readonly sum = this.RULE('sum', (): Expression => {
    let left = this.SUBRULE(this.product);
    this.MANY(() => {
      const token = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      left = this.arithmetic(token, left, this.SUBRULE1(this.product));
    });
    return left;
  });

  private readonly product = this.RULE('product', (): Expression => {
    let left = this.SUBRULE(this.signed);
    this.MANY(() => {
      const token = this.OR([
        { ALT: () => this.CONSUME(t.Star) },
        { ALT: () => this.CONSUME(t.Slash) },
        { ALT: () => this.CONSUME(t.Percent) },
      ]);
      left = this.arithmetic(token, left, this.SUBRULE1(this.signed));
    });
    return left;
  });

  private readonly signed = this.RULE('signed', (): Expression => {
    const signs: IToken[] = [];
    this.MANY(() => signs.push(this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }])));
    const operand = this.SUBRULE(this.primary);
    return this.ACTION(() =>
      signs
        .filter(({ tokenType }) => tokenType === t.Minus)
        .reduceRight((inner, sign) => node({ kind: 'negate', operand: inner, place: placeOf(sign) }, [inner]), operand),
    );
  });

  private readonly primary = this.RULE('primary', (): Expression =>
    this.OR([
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.textNode(this.CONSUME(t.Text)) },
      { ALT: () => this.node({ kind: 'null', place: placeOf(this.CONSUME(t.NULL)) }) },
      { ALT: () => this.SUBRULE(this.cast) },
      { ALT: () => this.SUBRULE(this.named) },
      {
        ALT: () => {
          this.CONSUME(t.Open);
          const inner = this.SUBRULE(this.condition);
          this.CONSUME(t.Close);
          return inner;
        },
      },
    ]),
  );

  private readonly number = this.RULE('number', (): Expression => {
    const token = this.CONSUME(t.NumberLiteral);
    const value = Number(token.image);
    this.ACTION(() => refuseUnless(Number.isFinite(value), token));
    return this.node({ kind: 'number', value, place: placeOf(token) });
  });

  private readonly cast = this.RULE('cast', (): Expression => {
    const place = placeOf(this.CONSUME(t.CAST));
    this.CONSUME(t.Open);
    const operand = this.SUBRULE(this.condition);
    this.CONSUME(t.AS);
    const type = this.SUBRULE(this.name);
    const size = this.OPTION(() => this.SUBRULE(this.size)) ?? null;
    this.CONSUME(t.Close);
    return this.node({ kind: 'cast', operand, type, size, place }, [operand]);
  });

  private readonly size = this.RULE('size', (): string => {
    this.CONSUME(t.Open);
    const token = this.OR([{ ALT: () => this.CONSUME(t.NumberLiteral) }, { ALT: () => this.CONSUME(t.Name) }]);
    this.CONSUME(t.Close);
    return this.ACTION(() => token.image.toLowerCase());
  });

  /** A column, `alias.*`, or a call. */
  private readonly named = this.RULE('named', (): Expression => {
    const name = this.SUBRULE(this.name);
    const { place } = name;
    return (
      this.OPTION(() =>
        this.OR([
          { ALT: () => this.SUBRULE(this.member, { ARGS: [name] }) },
          { ALT: () => this.SUBRULE(this.call, { ARGS: [name] }) },
        ]),
      ) ?? this.node({ kind: 'column', table: null, name, place })
    );
  });

  private readonly member = this.RULE('member', (table: Name): Expression => {
    const { place } = table ?? {};
    this.CONSUME(t.Dot);
    return this.OR([
      { ALT: () => (this.CONSUME(t.Star), this.node({ kind: 'all', table, place })) },
      { ALT: () => this.node({ kind: 'column', table, name: this.SUBRULE(this.name), place }) },
    ]);
  });

  private readonly call = this.RULE('call', (name: Name): Expression => {
    const { place } = name ?? {};
    this.CONSUME(t.Open);
    const distinct = this.OPTION(() => this.CONSUME(t.DISTINCT)) !== undefined;
    const inputs: Expression[] | null = this.OR([
      { ALT: () => (this.CONSUME(t.Star), null) },
      {
        ALT: () => {
          const values: Expression[] = [];
          this.MANY_SEP({ SEP: t.Comma, DEF: () => values.push(this.SUBRULE(this.sum)) });
          return values;
        },
      },
    ]);
    this.CONSUME(t.Close);
    return this.node({ kind: 'call', name, distinct, inputs, place }, inputs ?? []);
  });

  protected list<T>(part: () => T): T[] {
    const parts: T[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => parts.push(part()) });
    return parts;
  }

  /** Not while the parser looks at its own grammar: there are no parts then. */
  protected node(...input: Parameters<typeof node>): Expression {
    return this.ACTION(() => node(...input));
  }

  private textNode(token: IToken): TextNode {
    return this.node({ kind: 'text', value: t.textOf(token.image), place: placeOf(token) }) as TextNode;
  }

  private arithmetic(token: IToken, left: Expression, right: Expression): Expression {
    return this.ACTION(() => {
      const operator = OPERATORS.get(token.tokenType) ?? '+';
      return node({ kind: 'arithmetic', operator, left, right, place: placeOf(token) }, [left, right]);
    });
  }
}
