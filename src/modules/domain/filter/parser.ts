import { EmbeddedActionsParser, type IToken } from 'chevrotain';
import { EXPECTED_LABELS } from './expected.js';
import { intOf, ipOf, patternOf, stringOf } from './literals.js';
import { placeOf, spanOf } from './places.js';
import * as t from './tokens.js';
import {
  type ComparisonOperator,
  type Condition,
  type FieldOperand,
  type Literal,
  type Logic,
  type Member,
  type Operand,
  type Place,
  type Test,
} from './tree.js';

const OPERATORS = new Map<string, ComparisonOperator>([
  ['eq', '=='],
  ['ne', '!='],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
]);

type Rest = (operand: Operand) => Test;

/** The grammar, decided by one token at a time: whatever it is given, it takes a time in proportion to the tokens. */
export class FilterParser extends EmbeddedActionsParser {
  /** Where the last operand ended that nothing was asked of. */
  bareEnd = -1;

  constructor() {
    super(t.TOKENS, { maxLookahead: 1, recoveryEnabled: false, errorMessageProvider: EXPECTED_LABELS });
    this.performSelfAnalysis();
  }

  readonly filter: () => Condition = this.RULE('filter', (): Condition => this.SUBRULE(this.disjunction));

  private readonly disjunction: () => Condition = this.RULE('disjunction', (): Condition => {
    const operands = [this.SUBRULE(this.exclusion)];
    this.MANY(() => {
      this.CONSUME(t.Or);
      operands.push(this.SUBRULE1(this.exclusion));
    });
    return this.ACTION(() => joined('or', operands));
  });

  private readonly exclusion: () => Condition = this.RULE('exclusion', (): Condition => {
    const operands = [this.SUBRULE(this.conjunction)];
    this.MANY(() => {
      this.CONSUME(t.Xor);
      operands.push(this.SUBRULE1(this.conjunction));
    });
    return this.ACTION(() => joined('xor', operands));
  });

  private readonly conjunction: () => Condition = this.RULE('conjunction', (): Condition => {
    const operands = [this.SUBRULE(this.negation)];
    this.MANY(() => {
      this.CONSUME(t.And);
      operands.push(this.SUBRULE1(this.negation));
    });
    return this.ACTION(() => joined('and', operands));
  });

  private readonly negation: () => Condition = this.RULE('negation', (): Condition => {
    const nots: IToken[] = [];
    this.MANY(() => nots.push(this.CONSUME(t.Not)));
    const operand = this.SUBRULE(this.primary);
    return this.ACTION(() => negated(nots, operand));
  });

  private readonly primary: () => Condition = this.RULE('primary', (): Condition =>
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Open);
          const inner = this.SUBRULE(this.disjunction);
          this.CONSUME(t.Close);
          return inner;
        },
      },
      { ALT: () => this.SUBRULE(this.quantified) },
      { ALT: () => this.SUBRULE(this.test) },
    ]),
  );

  private readonly quantified = this.RULE('quantified', (): Condition => {
    const word = this.OR([{ ALT: () => this.CONSUME(t.Any) }, { ALT: () => this.CONSUME(t.All) }]);
    this.CONSUME(t.Open);
    const test = this.SUBRULE(this.test);
    const end = this.CONSUME(t.Close);
    return this.ACTION(() => ({
      kind: word.tokenType === t.Any ? 'any' : 'all',
      test,
      place: spanOf(placeOf(word), placeOf(end)),
    }));
  });

  private readonly test = this.RULE('test', (): Test => {
    const operand = this.SUBRULE(this.operand);
    const rest = this.OPTION(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.comparison) },
        { ALT: () => this.SUBRULE(this.containment) },
        { ALT: () => this.SUBRULE(this.match) },
        { ALT: () => this.SUBRULE(this.membership) },
      ]),
    );
    return this.ACTION(() => {
      if (rest) {
        return rest(operand);
      }
      this.bareEnd = operand.place.offset + operand.place.length;
      return { kind: 'holds', operand, place: operand.place };
    });
  });

  private readonly comparison = this.RULE('comparison', (): Rest => {
    const sign = this.CONSUME(t.Compare).image;
    const value = this.SUBRULE(this.literal);
    const operator = OPERATORS.get(sign) ?? (sign as ComparisonOperator);
    return (operand) => ({ kind: 'compare', operator, operand, value, place: spanOf(operand.place, value.place) });
  });

  private readonly containment = this.RULE('containment', (): Rest => {
    this.CONSUME(t.Contains);
    const token = this.CONSUME(t.Text);
    return this.ACTION(() => {
      const { value, place } = stringOf(token);
      return (operand) => ({ kind: 'contains', operand, value, place: spanOf(operand.place, place) });
    });
  });

  private readonly match = this.RULE('match', (): Rest => {
    this.CONSUME(t.Matches);
    const token = this.CONSUME(t.Text);
    return this.ACTION(() => {
      const [pattern, patternPlace] = [patternOf(token), placeOf(token)];
      return (operand) => ({
        kind: 'matches',
        operand,
        pattern,
        patternPlace,
        place: spanOf(operand.place, patternPlace),
      });
    });
  });

  private readonly membership = this.RULE('membership', (): Rest => {
    this.CONSUME(t.In);
    return this.OR([
      {
        ALT: () => {
          const token = this.CONSUME(t.ListName);
          return this.ACTION((): Rest => {
            const [list, listPlace] = [token.image.slice(1), placeOf(token)];
            return (operand) => ({
              kind: 'in-list',
              operand,
              list,
              listPlace,
              place: spanOf(operand.place, listPlace),
            });
          });
        },
      },
      { ALT: () => this.SUBRULE(this.members) },
    ]);
  });

  private readonly members = this.RULE('members', (): Rest => {
    const members: Member[] = [];
    this.CONSUME(t.OpenBrace);
    members.push(this.SUBRULE(this.member));
    this.MANY(() => members.push(this.SUBRULE1(this.member)));
    const end = this.CONSUME(t.CloseBrace);
    return (operand) => ({ kind: 'in', operand, members, place: spanOf(operand.place, placeOf(end)) });
  });

  private readonly member = this.RULE('member', (): Member => {
    const low = this.SUBRULE(this.literal);
    const high = this.OPTION({
      GATE: () => low.kind === 'int',
      DEF: () => {
        this.CONSUME(t.Range);
        return this.CONSUME(t.Int);
      },
    });
    return this.ACTION(() => (high && low.kind === 'int' ? rangeOf(low.value, low.place, high) : low));
  });

  private readonly literal = this.RULE('literal', (): Literal =>
    this.OR<Literal>([
      { ALT: () => this.literalOf(this.CONSUME(t.Text), stringOf) },
      { ALT: () => this.literalOf(this.CONSUME(t.Int), intOf) },
      { ALT: () => this.literalOf(this.CONSUME(t.Ip), ipOf) },
    ]),
  );

  private readonly operand: () => Operand = this.RULE('operand', (): Operand => {
    const name = this.CONSUME(t.Name);
    const more = this.OPTION(() =>
      this.OR<(name: IToken) => Operand>([
        { ALT: () => this.SUBRULE(this.call) },
        { ALT: () => this.SUBRULE(this.subscripts) },
      ]),
    );
    return this.ACTION(() =>
      more ? more(name) : { kind: 'field', name: name.image, key: null, index: null, place: placeOf(name) },
    );
  });

  private readonly call = this.RULE('call', () => {
    const inputs: (Operand | Literal)[] = [];
    this.CONSUME(t.Open);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => inputs.push(this.SUBRULE(this.argument)) });
    let end = this.CONSUME(t.Close);
    // `lower(field[*])[*]` is how others write it; a function of each value gives each value.
    this.OPTION(() => {
      this.CONSUME(t.OpenBracket);
      this.CONSUME(t.Each);
      end = this.CONSUME(t.CloseBracket);
    });
    return (name: IToken): Operand => ({
      kind: 'call',
      name: name.image,
      inputs,
      place: spanOf(placeOf(name), placeOf(end)),
    });
  });

  private readonly argument: () => Operand | Literal = this.RULE('argument', (): Operand | Literal =>
    this.OR<Operand | Literal>([{ ALT: () => this.SUBRULE(this.operand) }, { ALT: () => this.SUBRULE(this.literal) }]),
  );

  private readonly subscripts = this.RULE('subscripts', () => {
    this.CONSUME(t.OpenBracket);
    const key = this.CONSUME(t.Text);
    let end = this.CONSUME(t.CloseBracket);
    let index: FieldOperand['index'] = null;
    this.OPTION(() => {
      this.CONSUME1(t.OpenBracket);
      index = this.OR<number | 'each'>([
        { ALT: () => this.literalOf(this.CONSUME(t.Int), (token) => intOf(token).value) },
        { ALT: () => (this.CONSUME(t.Each), 'each') },
      ]);
      end = this.CONSUME1(t.CloseBracket);
    });
    return this.ACTION(() => {
      const { value } = stringOf(key);
      return (name: IToken): Operand => ({
        kind: 'field',
        name: name.image,
        key: value,
        index,
        place: spanOf(placeOf(name), placeOf(end)),
      });
    });
  });

  /** Not while the parser looks at its own grammar: there are no texts then. */
  private literalOf<T>(token: IToken, make: (token: IToken) => T): T {
    return this.ACTION(() => make(token));
  }
}

function joined(kind: Logic['kind'], operands: readonly Condition[]): Condition {
  const [first, ...others] = operands.flatMap((one) => (one.kind === kind ? one.operands : [one]));
  const last = others.at(-1);
  return first && last
    ? { kind, operands: [first, ...others], place: spanOf(first.place, last.place) }
    : (first as Condition);
}

function negated(nots: readonly IToken[], operand: Condition): Condition {
  const [first] = nots;
  if (!first || nots.length % 2 === 0) {
    return operand;
  }
  return operand.kind === 'not'
    ? operand.operand
    : { kind: 'not', operand, place: spanOf(placeOf(first), operand.place) };
}

function rangeOf(low: number, place: Place, end: IToken): Member {
  const high = intOf(end);
  return { kind: 'range', low, high: high.value, place: spanOf(place, high.place) };
}
