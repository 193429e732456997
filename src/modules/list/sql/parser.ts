import { ExpressionParser } from './expression-parser.js';
import { refuseUnless, placeOf } from './parsed-tokens.js';
import * as t from './tokens.js';
import { type Expression, type Item, type Join, type Name, type Order, type Select, type Source } from './tree.js';

/** The grammar, decided by one token at a time: whatever it is given, it takes a time in proportion to the tokens. */
export class SelectParser extends ExpressionParser {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  readonly statement = this.RULE('statement', (): Select => {
    this.CONSUME(t.SELECT);
    const distinct = this.OPTION(() => this.CONSUME(t.DISTINCT)) !== undefined;
    const top = this.OPTION1(() => this.SUBRULE(this.top)) ?? null;
    const items = this.list(() => this.SUBRULE(this.item));
    this.CONSUME(t.FROM);
    const from = this.SUBRULE(this.source);
    const joins: Join[] = [];
    this.MANY(() => joins.push(this.SUBRULE(this.join)));
    const where = this.OPTION2(() => (this.CONSUME(t.WHERE), this.SUBRULE(this.condition))) ?? null;
    const groups = this.OPTION3(() => this.SUBRULE(this.groups)) ?? [];
    const having = this.OPTION4(() => (this.CONSUME(t.HAVING), this.SUBRULE1(this.condition))) ?? null;
    const orders = this.OPTION5(() => this.SUBRULE(this.orders)) ?? [];
    this.OPTION6(() => this.CONSUME(t.Semicolon));
    return { distinct, top, items, from, joins, where, groups, having, orders };
  });

  private readonly top = this.RULE('top', (): number => {
    this.CONSUME(t.TOP);
    const token = this.OR([
      { ALT: () => this.CONSUME(t.NumberLiteral) },
      {
        ALT: () => {
          this.CONSUME(t.Open);
          const inner = this.CONSUME1(t.NumberLiteral);
          this.CONSUME(t.Close);
          return inner;
        },
      },
    ]);
    return this.ACTION(() => {
      refuseUnless(/^\d{1,9}$/.test(token.image), token);
      return Number(token.image);
    });
  });

  private readonly item = this.RULE('item', (): Item => {
    const value = this.OR([
      { ALT: () => this.node({ kind: 'all', table: null, place: placeOf(this.CONSUME(t.Star)) }) },
      { ALT: () => this.SUBRULE(this.condition) },
    ]);
    const alias = this.OPTION(() => this.SUBRULE(this.alias)) ?? null;
    return { value, alias };
  });

  private readonly alias = this.RULE('alias', (): Name => {
    this.OPTION(() => this.CONSUME(t.AS));
    return this.SUBRULE(this.name);
  });

  private readonly source = this.RULE('source', (): Source => {
    const name = this.SUBRULE(this.name);
    const alias = this.OPTION(() => this.SUBRULE(this.alias)) ?? null;
    return { name, alias };
  });

  private readonly join = this.RULE('join', (): Join => {
    const kind =
      this.OPTION(() =>
        this.OR([
          { ALT: () => (this.CONSUME(t.INNER), 'inner' as const) },
          { ALT: () => (this.CONSUME(t.LEFT), this.OPTION1(() => this.CONSUME(t.OUTER)), 'left' as const) },
        ]),
      ) ?? 'inner';
    this.CONSUME(t.JOIN);
    const source = this.SUBRULE(this.source);
    this.CONSUME(t.ON);
    const on = this.SUBRULE(this.condition);
    return { ...source, kind, on };
  });

  private readonly groups = this.RULE('groups', (): Expression[] => {
    this.CONSUME(t.GROUP);
    this.CONSUME(t.BY);
    return this.list(() => this.SUBRULE(this.condition));
  });

  private readonly orders = this.RULE('orders', (): Order[] => {
    this.CONSUME(t.ORDER);
    this.CONSUME(t.BY);
    return this.list(() => this.SUBRULE(this.order));
  });

  private readonly order = this.RULE('order', (): Order => {
    const value = this.SUBRULE(this.condition);
    const direction = this.OPTION(() =>
      this.OR([{ ALT: () => this.CONSUME(t.ASC) }, { ALT: () => this.CONSUME(t.DESC) }]),
    );
    return { value, descending: direction?.tokenType === t.DESC };
  });
}
