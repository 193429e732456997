import { FIREWALL, HOST_NAME_LENGTH_MAX, PHASES } from '../modules/domain/index.js';
import { type ApiParameterObject } from './types.js';

type Description = Pick<ApiParameterObject, 'description' | 'schema' | 'example'>;

const ID: Description = {
  description: 'An id of yours: 24 characters of 0-9 and a-f, from the answer of a list.',
  schema: { type: 'string', pattern: '^[0-9a-f]{24}$' },
};

/** What stands in a path and is no id of ours, by the name of the parameter. */
const OTHERS: Readonly<Record<string, Description>> = {
  name: {
    description: 'The name of a key of yours, percent-encoded, in any case.',
    schema: { type: 'string', minLength: 1, maxLength: 216 },
  },
  columnId: {
    description: 'The number of a column of the list.',
    schema: { type: 'string', pattern: '^[1-9][0-9]*$' },
  },
  domain: {
    description: 'The host name of a domain of yours, in any case.',
    schema: { type: 'string', minLength: 1, maxLength: HOST_NAME_LENGTH_MAX },
  },
  phase: {
    description: `A phase of rules. Only \`${FIREWALL}\` acts, and has any.`,
    schema: { type: 'string', enum: [...PHASES] },
    example: FIREWALL,
  },
  uuid: {
    description: 'A UUID of yours, from the answer of a list.',
    schema: { type: 'string', format: 'uuid' },
  },
};

/** Without the example of an id, on purpose: the page would fill it in, and nobody has a row of that id. */
export function describePathParameter(parameter: ApiParameterObject): ApiParameterObject {
  return { ...parameter, ...(OTHERS[parameter.name] ?? ID) };
}
