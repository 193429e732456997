import { ApiProperty } from '@nestjs/swagger';
import { CreatorResponse, EventsResponse } from '../../../common/http/contract.js';
import { taggedBy } from '../../../common/http/entity-tags.js';
import { type TypedValue, VALUE_TYPES, type ValueType } from '../../../common/typed-value.js';
import { type Variable } from '../variable.entity.js';
import { VALUE_SCHEMA } from './variable.dto.js';

/** A variable, for those who manage it. */
export class VariableResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  hub_id: string;
  /** @example LineSpeed */
  name: string;
  @ApiProperty({ enum: VALUE_TYPES, example: 'Number' })
  type: ValueType;
  /** Of its type; null: none. @example 12.5 */
  @ApiProperty({ ...VALUE_SCHEMA, example: 12.5 })
  value: TypedValue;
  description: string | null;
  creator: CreatorResponse;
  events: EventsResponse;

  static from(variable: Variable): VariableResponse {
    return taggedBy(variable, {
      id: variable.id,
      hub_id: variable.hubId,
      name: variable.name,
      type: variable.type,
      value: variable.value,
      description: variable.description,
      creator: { id: variable.creatorId, type: variable.creatorType },
      events: EventsResponse.from(variable),
    });
  }
}

/** A variable that the key may read. */
export class VariableValueResponse {
  /** @example LineSpeed */
  name: string;
  @ApiProperty({ enum: VALUE_TYPES, example: 'Number' })
  type: ValueType;
  /** A number, text or truth as the type says; null when it has none. */
  @ApiProperty({ ...VALUE_SCHEMA, example: 12.5 })
  value: TypedValue;

  static from({ name, type, value }: Variable): VariableValueResponse {
    return { name, type, value };
  }
}

export class VariableSetResponse {
  /** @example Success */
  state: 'Success';
}
