import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiProduces, ApiResponse, getSchemaPath } from '@nestjs/swagger';

export interface AnswerOptions {
  /** HTTP status of success; 200 unless said. */
  readonly status?: number;
  readonly list?: boolean;
  /** `enveloped`: `{data, includes?, meta?}` as at the management door. `bare`: the thing itself. */
  readonly shape?: 'enveloped' | 'bare';
  /** Schemas of `includes.<name>.<id>`. */
  readonly includes?: Readonly<Record<string, Type>>;
  /** The schema of a root-level `meta`. */
  readonly meta?: Type;
  /** Of the body of a success; JSON unless said. */
  readonly contentType?: string;
}

/** The success of a route: its status for the client, its schema for the document; one place, so they cannot differ. */
export function Answers(model: Type, options: AnswerOptions = {}): MethodDecorator {
  const { status = 200, list = false, shape = 'enveloped', includes = {}, meta, contentType } = options;
  const plain = (model as unknown) === String;
  const one = plain ? { type: 'string' } : { $ref: getSchemaPath(model) };
  const data = list ? { type: 'array', items: one } : one;
  const schema = shape === 'bare' ? data : envelope(data, includes, meta);
  const models = [...(plain ? [] : [model]), ...Object.values(includes), ...(meta ? [meta] : [])];
  return applyDecorators(
    HttpCode(status),
    ApiExtraModels(...models),
    ...(contentType === undefined ? [] : [ApiProduces(contentType)]),
    ApiResponse({ status, description: 'Success.', schema: schema as never }),
  );
}

function envelope(data: object, includes: Readonly<Record<string, Type>>, meta?: Type): object {
  const maps = Object.entries(includes).map(([name, model]) => [
    name,
    { type: 'object', additionalProperties: { $ref: getSchemaPath(model) } },
  ]);
  return {
    type: 'object',
    required: ['data', ...(meta ? ['meta'] : [])],
    properties: {
      data,
      ...(maps.length > 0 ? { includes: { type: 'object', properties: Object.fromEntries(maps) } } : {}),
      ...(meta ? { meta: { $ref: getSchemaPath(meta) } } : {}),
    },
  };
}

/** The management door's envelope. */
export interface Envelope<T> {
  data: T;
}
