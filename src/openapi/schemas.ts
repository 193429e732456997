import { ERROR_SCHEMAS } from './error-responses.js';
import { EXAMPLE_ID } from './notes.js';
import { referencesIn } from './references.js';
import { type ApiPaths, type JsonSchema } from './types.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T08:00:00.000Z' };
const ZERO_TIME = { ...TIME, description: 'The zero time while it lives.', example: '0001-01-01T00:00:00Z' };

/** The classes of common/http/contract.ts, which the compiler plugin does not read: by its name it is no response file. */
const CONTRACT_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  CreatorResponse: object({
    id: { type: 'string', example: EXAMPLE_ID },
    type: { type: 'string', example: 'api-key' },
  }),
  EventsResponse: object({ created: TIME, updated: TIME, deleted: ZERO_TIME }),
  StateResponse: object({ current: { type: 'string', example: 'live' }, changed: TIME }),
};

/** Those schemas that the paths use, directly or through others, by name; fails when one is missing. */
export function schemasUsedBy(
  paths: ApiPaths,
  library: Readonly<Record<string, JsonSchema>>,
): Record<string, JsonSchema> {
  const all: Readonly<Record<string, JsonSchema>> = { ...library, ...CONTRACT_SCHEMAS, ...ERROR_SCHEMAS };
  const used = new Map<string, JsonSchema>();
  const waiting = referencesIn(paths);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const schema = all[name];
    if (!schema) {
      throw new Error(`No schema is named ${name}.`);
    }
    if (!used.has(name)) {
      used.set(name, schema);
      waiting.push(...referencesIn(schema));
    }
  }
  return Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', required: Object.keys(properties), properties };
}
