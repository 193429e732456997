import { LITERALS } from './data.js';
import { column, number, type Piece, text, textLiteral, type Truth } from './expressions.js';
import { type Random } from './random.js';
import { compareCells } from './order.js';

type Condition = Piece<Truth>;

/** A random condition over the rows of these aliases. */
export function condition(random: Random, aliases: readonly string[], depth: number): Condition {
  if (depth > 0 && random.chance(0.5)) {
    return random.chance(0.25) ? not(random, aliases, depth) : logic(random, aliases, depth);
  }
  return random.pick([comparison, comparison, membership, between, like, nullTest, truth])(random, aliases);
}

function not(random: Random, aliases: readonly string[], depth: number): Condition {
  const inner = condition(random, aliases, depth - 1);
  return {
    ours: `not (${inner.ours})`,
    native: inner.native && `(NOT (${inner.native}))`,
    of: (rows) => invert(inner.of(rows)),
  };
}

function logic(random: Random, aliases: readonly string[], depth: number): Condition {
  const [left, right] = [condition(random, aliases, depth - 1), condition(random, aliases, depth - 1)];
  const [word, decides] = random.pick([['and', false] as const, ['or', true] as const]);
  return {
    ours: `(${left.ours} ${word} ${right.ours})`,
    native: left.native && right.native && `(${left.native} ${word} ${right.native})`,
    of: (rows) => {
      const values = [left.of(rows), right.of(rows)];
      return values.includes(decides) ? decides : values.includes(null) ? null : !decides;
    },
  };
}

function pair(random: Random, aliases: readonly string[]): [Piece, Piece] {
  return random.chance(0.4)
    ? [column(random.pick(aliases), 'T'), text(random, aliases)]
    : [number(random, aliases, 1), number(random, aliases, 1)];
}

export function comparison(random: Random, aliases: readonly string[]): Condition {
  const [left, right] = pair(random, aliases);
  const operator = random.pick(['=', '<>', '<', '<=', '>', '>='] as const);
  return {
    ours: `${left.ours} ${operator === '<>' && random.chance(0.5) ? '!=' : operator} ${right.ours}`,
    native: left.native && right.native && `${left.native} ${operator} ${right.native}`,
    of: (rows) => {
      const [one, other] = [left.of(rows), right.of(rows)];
      if (one === null || other === null) {
        return null;
      }
      const order = compareCells(one, other);
      const results = {
        '=': order === 0,
        '<>': order !== 0,
        '<': order < 0,
        '<=': order <= 0,
        '>': order > 0,
        '>=': order >= 0,
      };
      return results[operator];
    },
  };
}

function membership(random: Random, aliases: readonly string[]): Condition {
  const [operand, first] = pair(random, aliases);
  const others = Array.from({ length: random.below(3) }, () => literalLike(random, first));
  const values = [first, ...others];
  const negated = random.chance(0.3);
  const word = negated ? 'not in' : 'in';
  const natives = values.map(({ native }) => native);
  return {
    ours: `${operand.ours} ${word} (${values.map(({ ours }) => ours).join(', ')})`,
    native: operand.native && natives.every(Boolean) ? `${operand.native} ${word} (${natives.join(', ')})` : null,
    of: (rows) => {
      const value = operand.of(rows);
      const among = values.map((one) => one.of(rows));
      const found = value !== null && among.some((one) => one !== null && compareCells(one, value) === 0);
      const result = found ? true : value === null || among.includes(null) ? null : false;
      return negated ? invert(result) : result;
    },
  };
}

/** A literal of the kind that the other piece surely is. */
function literalLike(random: Random, { ours }: Piece): Piece {
  const textual = /^'|\.T$/.test(ours);
  const value = random.pick(LITERALS.numbers);
  return textual
    ? textLiteral(random.pick(LITERALS.texts))
    : { ours: String(value), native: `(${value} + 0e0)`, of: () => value };
}

function between(random: Random, aliases: readonly string[]): Condition {
  const [operand, low] = pair(random, aliases);
  const high = literalLike(random, low);
  const negated = random.chance(0.3);
  const word = negated ? 'not between' : 'between';
  const all = [operand, low, high];
  return {
    ours: `${operand.ours} ${word} ${low.ours} and ${high.ours}`,
    native: all.every(({ native }) => native) ? `${operand.native} ${word} ${low.native} AND ${high.native}` : null,
    of: (rows) => {
      const [value = null, from = null, to = null] = all.map((one) => one.of(rows));
      const above = value === null || from === null ? null : compareCells(value, from) >= 0;
      const below = value === null || to === null ? null : compareCells(value, to) <= 0;
      const result = above === false || below === false ? false : above === null || below === null ? null : true;
      return negated ? invert(result) : result;
    },
  };
}

const PATTERNS = ['a%', '%b', '_', '__', '%', '', 'A%', '%x%', 'a!%b', 'a!_b', '%🦊%', '_a', "it''s"];

function like(random: Random, aliases: readonly string[]): Condition {
  const operand = column(random.pick(aliases), 'T');
  const pattern = random.pick(PATTERNS);
  const negated = random.chance(0.3);
  const word = negated ? 'not like' : 'like';
  const expression = patternExpression(pattern.replaceAll("''", "'"));
  const tail = `${word} '${pattern}' escape '!'`;
  return {
    ours: `${operand.ours} ${tail}`,
    native: `${operand.native} ${tail}`,
    of: (rows) => {
      const value = operand.of(rows);
      const result = value === null ? null : expression.test(String(value));
      return negated ? invert(result) : result;
    },
  };
}

function patternExpression(pattern: string): RegExp {
  const parts = [...pattern.matchAll(/!(.)|([\s\S])/gu)].map(([, escaped, plain]) => {
    const wild = plain === '%' ? '.*' : plain === '_' ? '.' : undefined;
    return wild ?? (escaped ?? plain ?? '').replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'su');
}

function nullTest(random: Random, aliases: readonly string[]): Condition {
  const operand = column(random.pick(aliases), random.pick(['T', 'N', 'M', 'B', 'ID']));
  const negated = random.chance(0.5);
  const word = negated ? 'is not null' : 'is null';
  return {
    ours: `${operand.ours} ${word}`,
    native: `${operand.native} ${word}`,
    of: (rows) => (operand.of(rows) === null) !== negated,
  };
}

function truth(random: Random, aliases: readonly string[]): Condition {
  const operand = column(random.pick(aliases), 'B');
  const [ours, native, value] = random.pick([
    ['1', '1', true] as const,
    ['0', '0', false] as const,
    ["'TRUE'", '1', true] as const,
    ["'false'", '0', false] as const,
  ]);
  return {
    ours: `${operand.ours} = ${ours}`,
    native: `${operand.native} = ${native}`,
    of: (rows) => {
      const cell = operand.of(rows);
      return cell === null ? null : cell === value;
    },
  };
}

function invert(value: Truth): Truth {
  return value === null ? null : !value;
}
