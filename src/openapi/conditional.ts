import { entityTag, RevisionMismatchError } from '../common/precondition.js';
import { referencesIn } from './references.js';
import { type HeaderFacts, type RawOperation } from './types.js';

const EXAMPLE_TAG = entityTag({ id: '0199e2f1a0c34b5d6e7f8091', revision: 4 });
/** What moves with each edit; its answers carry a tag where they show it alone. */
const TAGGED = new Set([
  'ApiKeyResponse',
  'BoxResponse',
  'ColumnOutcomeResponse',
  'GroupResponse',
  'ListResponse',
  'RoleResponse',
  'VariableResponse',
]);

const TAG_SCHEMA = { type: 'string', example: EXAMPLE_TAG };
const IF_MATCH_TEXT =
  'The `ETag` of the state that your change builds on. If it is another by now, nothing changes (412). ' +
  'Left out: the last writer wins.';

/** `If-Match` where the handler asks for it, and `ETag` where one thing is shown in the state that it has. */
export function conditionalHeaders(method: string, raw: RawOperation): HeaderFacts {
  const asks = raw['x-if-match'] === true;
  return {
    parameters: asks
      ? [{ name: 'If-Match', in: 'header', required: false, description: IF_MATCH_TEXT, schema: TAG_SCHEMA }]
      : [],
    errors: asks ? [new RevisionMismatchError(EXAMPLE_TAG)] : [],
    answered:
      method !== 'delete' && showsTagged(raw)
        ? { ETag: { description: 'Names this state; for `If-Match`.', schema: TAG_SCHEMA } }
        : {},
  };
}

function showsTagged({ responses }: RawOperation): boolean {
  return Object.values(responses).some(({ content }) => {
    const schema = content?.['application/json']?.schema as { properties?: { data?: object } } | undefined;
    const data = schema?.properties?.data;
    return data !== undefined && '$ref' in data && referencesIn(data).some((name) => TAGGED.has(name));
  });
}
