import { type AppError } from '../common/errors/index.js';
import { entityTag, RevisionMismatchError } from '../common/precondition.js';
import { referencesIn } from './references.js';
import { type ApiParameterObject, type ApiResponseObject, type RawOperation } from './types.js';

const EXAMPLE_TAG = entityTag({ id: '0199e2f1a0c34b5d6e7f8091', revision: 4 });
/** What moves with each edit; its answers carry a tag where they show it alone. */
const TAGGED = new Set(['ApiKeyResponse', 'GroupResponse', 'ListResponse', 'RoleResponse']);

/** The header with which a caller says what its change builds on. */
export function conditionalParameters(raw: RawOperation): ApiParameterObject[] {
  if (raw['x-if-match'] !== true) {
    return [];
  }
  const description =
    'The `ETag` of the state that your change builds on. If it is another by now, nothing changes (412). ' +
    'Left out: the last writer wins.';
  return [
    { name: 'If-Match', in: 'header', required: false, description, schema: { type: 'string', example: EXAMPLE_TAG } },
  ];
}

export function conditionalErrors(raw: RawOperation): AppError[] {
  return raw['x-if-match'] === true ? [new RevisionMismatchError(EXAMPLE_TAG)] : [];
}

/** The header of a success that shows one thing in the state that it has now. */
export function tagHeader(method: string, success: ApiResponseObject): NonNullable<ApiResponseObject['headers']> {
  const schema = success.content?.['application/json']?.schema as { properties?: { data?: object } } | undefined;
  const data = schema?.properties?.data;
  const shown = data && '$ref' in data ? referencesIn(data) : [];
  return method !== 'delete' && shown.some((name) => TAGGED.has(name))
    ? { ETag: { description: 'Names this state; for `If-Match`.', schema: { type: 'string', example: EXAMPLE_TAG } } }
    : {};
}
