import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const text = { type: 'string' };
const id = { type: 'string', pattern: '^[0-9a-f]{24}$' };
const nullable = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });
const object = (properties: Record<string, object>, optional: readonly string[] = []): object => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
  additionalProperties: false,
});

const DETAIL = object({ id, number: { type: 'integer' }, string: text, boolean: text }, [
  'id',
  'number',
  'string',
  'boolean',
]);

/** An activity of the management contract (§2.5), and of ours nothing but the two fields of the session. */
const ACTIVITY = object({
  id,
  hub_id: text,
  user: object({ type: { enum: ['account', 'platform', 'api-key'] }, id: text }),
  verbosity: { type: 'integer', minimum: 0, maximum: 2 },
  context: object({}),
  session: nullable(
    object({ url: text, ip: text, token: { type: 'null' }, api_key: nullable(text), method: text, request_id: text }, [
      'method',
      'request_id',
    ]),
  ),
  changes: { type: 'array', items: object({ component: text, before: DETAIL, after: DETAIL }, ['before', 'after']) },
  annotations: { type: 'object' },
  error: nullable(object({ message: text })),
  component: nullable(object({ id, type: text })),
  status: { enum: ['info', 'warn', 'request', 'success', 'error', 'alert'] },
  event: { type: 'string', pattern: '^hub\\.[a-z0-9_.]+$' },
  time: { type: 'string', format: 'date-time' },
});

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile({ type: 'array', items: ACTIVITY });

/** What is not as the contract says; empty when nothing is. */
export function contractProblems(activities: unknown): unknown[] {
  return validate(activities) ? [] : [...(validate.errors ?? [])];
}
