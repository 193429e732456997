import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiProduces, ApiResponse, getSchemaPath } from '@nestjs/swagger';

type Includes = Readonly<Record<string, Type | Readonly<Record<string, Type>>>>;

export interface AnswerOptions {
  /** HTTP status of success; 200 unless said. */
  readonly status?: number;
  readonly list?: boolean;
  /** `enveloped`: `{data, includes?, meta?}` as at the management door. `bare`: the thing itself. */
  readonly shape?: 'enveloped' | 'bare';
  /** Schemas of `includes.<name>.<id>`, or one level deeper of `includes.<name>.<kind>.<id>`. */
  readonly includes?: Includes;
  /** The schema of a root-level `meta`. */
  readonly meta?: Type;
  /** Of the body of a success; JSON unless said. */
  readonly contentType?: string;
  /** A content type of plain text in which a success may come instead of JSON. */
  readonly orText?: string;
}

/** The success of a route: its status for the client, its schema for the document; one place, so they cannot differ. */
export function Answers(model: Type, options: AnswerOptions = {}): MethodDecorator {
  const { status = 200, list = false, shape = 'enveloped', includes = {}, meta, contentType, orText } = options;
  const plain = (model as unknown) === String;
  const one = plain ? { type: 'string' } : { $ref: getSchemaPath(model) };
  const data = list ? { type: 'array', items: one } : one;
  const schema = shape === 'bare' ? data : envelope(data, includes, meta);
  const models = [...(plain ? [] : [model]), ...modelsOf(includes), ...(meta ? [meta] : [])];
  return applyDecorators(
    HttpCode(status),
    ApiExtraModels(...models),
    ...(contentType === undefined ? [] : [ApiProduces(contentType)]),
    ApiResponse({ status, description: 'Success.', ...bodyOf(schema, orText) }),
  );
}

/** A success that has nothing to say: its status is the answer, and there is no body. */
export function AnswersNothing(status = 204): MethodDecorator {
  return applyDecorators(HttpCode(status), ApiResponse({ status, description: 'Success, without a body.' }));
}

function bodyOf(schema: object, orText: string | undefined): object {
  return orText === undefined
    ? { schema }
    : { content: { 'application/json': { schema }, [orText]: { schema: { type: 'string' } } } };
}

function modelsOf(includes: Includes): Type[] {
  return Object.values(includes).flatMap((one) => (isModel(one) ? [one] : Object.values(one)));
}

function isModel(one: Type | Readonly<Record<string, Type>>): one is Type {
  return typeof one === 'function';
}

/** By id, also of each kind. */
function mapsOf(includes: Includes): Record<string, object> {
  const maps = Object.entries(includes).map(([name, one]) => [
    name,
    isModel(one)
      ? { type: 'object', additionalProperties: { $ref: getSchemaPath(one) } }
      : { type: 'object', properties: mapsOf(one) },
  ]);
  return Object.fromEntries(maps) as Record<string, object>;
}

function envelope(data: object, includes: Includes, meta?: Type): object {
  const maps = mapsOf(includes);
  return {
    type: 'object',
    required: ['data', ...(meta ? ['meta'] : [])],
    properties: {
      data,
      ...(Object.keys(maps).length > 0 ? { includes: { type: 'object', properties: maps } } : {}),
      ...(meta ? { meta: { $ref: getSchemaPath(meta) } } : {}),
    },
  };
}

/** The management door's envelope. */
export interface Envelope<T> {
  data: T;
}
