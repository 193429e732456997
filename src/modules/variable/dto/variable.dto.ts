import { Transform } from 'class-transformer';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { checkedBy, IsName, IsPlainText, MayBeAbsent, MayBeNull } from '../../../common/http/validation.js';
import { type FlatQuerySpec } from '../../../common/query/index.js';
import { VALUE_TYPES, type ValueType } from '../../../common/typed-value.js';

const NAME_LENGTH_MAX = 200;
export const VALUE_SCHEMA = { oneOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }], nullable: true };

/** Lengths are in UTF-16 units here, two for some characters. */
export const VARIABLE_QUERY = {
  Name: {
    kind: 'text',
    required: true,
    maxLength: 2 * NAME_LENGTH_MAX,
    description: 'The name of the variable, in any case.',
    example: 'LineSpeed',
  },
} as const satisfies FlatQuerySpec;

/** A single value, taken as it was sent; whether it fits, the variable's type says. */
const IsValue = (): PropertyDecorator => {
  const check = checkedBy('isValue', (value) =>
    value !== undefined && (value === null || typeof value !== 'object')
      ? null
      : 'must be a number, text, true, false or null',
  );
  const raw = Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);
  return (target, property) => [check, raw].forEach((decorate) => decorate(target, property));
};

export class CreateVariableDto {
  /** Unique in the hub, without regard to case. @example LineSpeed */
  @IsName()
  name: string;

  /** For good. @example Number */
  @IsIn(VALUE_TYPES)
  type: ValueType;

  /** Of that type; null, or left out: none yet. @example 12.5 */
  @ApiProperty({ ...VALUE_SCHEMA, required: false, example: 12.5 })
  @MayBeAbsent()
  @IsValue()
  value?: unknown;

  @MayBeNull()
  @IsPlainText(1000)
  description?: string | null;
}

export class UpdateVariableDto {
  /** @example LineSpeed */
  @MayBeAbsent()
  @IsName()
  name?: string;

  /** Of the variable's type; null empties it. @example 12.5 */
  @ApiProperty({ ...VALUE_SCHEMA, required: false, example: 12.5 })
  @MayBeAbsent()
  @IsValue()
  value?: unknown;

  @MayBeNull()
  @IsPlainText(1000)
  description?: string | null;
}

export class SetVariableDto {
  /** Without regard to case. @example LineSpeed */
  @IsPlainText(NAME_LENGTH_MAX)
  name: string;

  /** Of the variable's type; null empties it. @example 12.5 */
  @ApiProperty({ ...VALUE_SCHEMA, example: 12.5 })
  @IsValue()
  value: unknown;
}
