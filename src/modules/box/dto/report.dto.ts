import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsIn } from 'class-validator';
import { checkedBy, IsPlainText, MayBeAbsent } from '../../../common/http/validation.js';
import { type BoxValue, RETURN_TYPES, type ReturnType, VALUE_TYPES, type ValueType } from '../box-told.js';
import { readFunctions, readScreenshot, readVariables, UnreadableError } from '../told-reader.js';

/** One rule for a whole list: thousands of small objects are read in one go, and as they were sent. */
function ToldBy(name: string, read: (told: unknown) => unknown): PropertyDecorator {
  const check = checkedBy(name, (value) => problemOf(read, value));
  const raw = Transform(({ obj, key }: TransformFnParams) => (obj as Record<string, unknown>)[key] as unknown);
  return (target, property) => [check, raw].forEach((decorate) => decorate(target, property));
}

function problemOf(read: (told: unknown) => unknown, value: unknown): string | null {
  try {
    read(value);
    return null;
  } catch (error) {
    if (error instanceof UnreadableError) {
      return `is not acceptable: ${error.message}`;
    }
    throw error;
  }
}

export class ToldParameterDto {
  /** @example Line */
  ParameterName: string;

  /** @example Number */
  @ApiProperty({ enum: VALUE_TYPES })
  ParameterType: ValueType;

  /** @example "Which line, from 1" */
  Description?: string | null;
}

export class ToldFunctionDto {
  /** @example StartLine */
  Name: string;

  /** @example "Starts one line" */
  Description?: string | null;

  /** Left out = it returns nothing. @example Boolean */
  @ApiProperty({ enum: RETURN_TYPES, required: false })
  ReturnType?: ReturnType;

  /** At most 50. */
  Parameters?: ToldParameterDto[];
}

export class ToldVariableDto {
  /** @example Counter */
  name: string;

  /** @example Number */
  @ApiProperty({ enum: VALUE_TYPES })
  type: ValueType;

  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }], nullable: true, example: 12 })
  value: BoxValue;
}

export class ReportDto {
  /** Of the runtime. @example 4.1.2 */
  @MayBeAbsent()
  @IsPlainText(100)
  version?: string;

  /** `offline` when it is about to go; left out = online. @example online */
  @MayBeAbsent()
  @IsIn(['online', 'offline'])
  state?: 'online' | 'offline';

  /** All its shared functions, at most 200. */
  @MayBeAbsent()
  @ToldBy('isFunctions', readFunctions)
  functions?: ToldFunctionDto[];

  /** All its variables, at most 1000. */
  @MayBeAbsent()
  @ToldBy('isVariables', readVariables)
  variables?: ToldVariableDto[];

  /** What it shows: base64 of a PNG of at most 1 MiB. */
  @MayBeAbsent()
  @ToldBy('isScreenshot', readScreenshot)
  screenshot?: string;
}
