import { type AuthenticatedBy, type RouteAccess } from '../access/index.js';
import { doorOf } from '../common/http/door.js';
import { conditionalHeaders } from './conditional.js';
import { errorResponses } from './error-responses.js';
import { idempotencyHeaders } from './idempotency.js';
import { type OperationNotes } from './notes.js';
import { OPERATION_NOTES } from './operation-notes.js';
import { describePathParameter } from './path-parameters.js';
import { flatQueryParameters, resourceQueryParameters } from './query-parameters.js';
import {
  type ApiOperation,
  type ApiParameterObject,
  type ApiRequestBody,
  type ApiResponseObject,
  type HeaderFacts,
  type RawOperation,
  type SecurityRequirement,
} from './types.js';

const SUCCESS: Readonly<Record<string, string>> = { '201': 'Created.', '202': 'Accepted, or done already.' };

/** Turns what our decorators left in an operation into what a reader and a generator of clients need. */
export function describeOperation(path: string, method: string, raw: RawOperation): ApiOperation {
  const access = raw['x-access'];
  const { operationId } = raw;
  if (!access || operationId === undefined) {
    throw new Error(`The operation at ${path} has no declared access or no operationId.`);
  }
  const notes = OPERATION_NOTES[operationId] ?? {};
  const headers = headerFacts(path, method, raw);
  const [summary, more] = splitSummary(raw.summary ?? '');
  return {
    operationId,
    summary,
    description: [more, raw.description ?? '', requirementText(access)].filter((text) => text !== '').join('\n\n'),
    ...(raw.tags ? { tags: raw.tags } : {}),
    security: securityOf(path, access),
    parameters: [...parametersOf(raw), ...headers.parameters],
    ...(raw.requestBody ? { requestBody: withExamples(raw.requestBody, notes) } : {}),
    responses: { ...successes(raw, notes, headers), ...errors(path, raw, access, notes, headers) },
    ...requirementFacts(access),
  };
}

function headerFacts(path: string, method: string, raw: RawOperation): HeaderFacts {
  const conditional = conditionalHeaders(method, raw);
  const idempotency = idempotencyHeaders(path, method, raw);
  return {
    parameters: [...conditional.parameters, ...idempotency.parameters],
    errors: [...conditional.errors, ...idempotency.errors],
    answered: { ...conditional.answered, ...idempotency.answered },
  };
}

/** What stands before the first full stop or semicolon is the summary, which is no Markdown; the rest describes. */
function splitSummary(text: string): [summary: string, rest: string] {
  const [, first, rest = ''] = /^(.*?[^.])[.;](?:\s+(.*))?$/su.exec(text.trim()) ?? [undefined, text.trim()];
  return [first.replaceAll('`', ''), rest.charAt(0).toUpperCase() + rest.slice(1)];
}

const AUTHENTICATED_TEXTS: Readonly<Record<AuthenticatedBy, string>> = {
  bearer: 'Requires a live credential, and nothing more.',
  'api-key-header': 'Requires a live API key, in the header `apiKey`.',
  session: 'Requires a signed-in person. No hub is needed, and `X-Hub-Id` is not read.',
  'any-session': 'Requires a signed-in person, also one who has yet to choose a password. `X-Hub-Id` is not read.',
  box: 'Requires the token of a box (`hgb_…`) as the bearer. No other credential is accepted.',
  'key-or-session': 'Requires a live API key, or a signed-in person. `X-Hub-Id` is not read for a person.',
};

function requirementText(access: RouteAccess): string {
  switch (access.kind) {
    case 'public':
      return 'Open to everybody; needs no credential.';
    case 'authenticated':
      return AUTHENTICATED_TEXTS[access.by];
    case 'capability':
      return `Requires the capability \`${access.capability}\`.`;
    case 'scope':
      return `Requires the scope \`${access.scope}\` and the right \`${access.right}\`.`;
  }
}

function requirementFacts(access: RouteAccess): Partial<ApiOperation> {
  switch (access.kind) {
    case 'capability':
      return { 'x-required-capability': access.capability };
    case 'scope':
      return { 'x-required-scope': access.scope, 'x-required-right': access.right };
    case 'public':
    case 'authenticated':
      return {};
  }
}

function securityOf(path: string, access: RouteAccess): SecurityRequirement[] {
  if (access.kind === 'public') {
    return [];
  }
  if (access.kind === 'authenticated' && access.by === 'api-key-header') {
    return [{ apiKey: [] }];
  }
  const alone = { bearerAuth: [] };
  return doorOf(path) === 'management' ? [alone, { ...alone, hubAuth: [] }] : [alone];
}

function parametersOf(raw: RawOperation): ApiParameterObject[] {
  const resource = raw['x-resource-query'];
  const flat = raw['x-flat-query'];
  return [
    ...(raw.parameters ?? []).map((parameter) =>
      parameter.in === 'path' ? describePathParameter(parameter) : parameter,
    ),
    ...(resource ? resourceQueryParameters(resource) : []),
    ...(flat ? flatQueryParameters(flat) : []),
  ];
}

function withExamples(body: ApiRequestBody, { bodies = [] }: OperationNotes): ApiRequestBody {
  if (bodies.length === 0) {
    return body;
  }
  const examples = Object.fromEntries(bodies.map((example, index) => [`example-${index + 1}`, example]));
  const content = Object.entries(body.content).map(([type, value]) => [type, { ...value, examples }]);
  return { ...body, content: Object.fromEntries(content) as ApiRequestBody['content'] };
}

function successes(
  { responses }: RawOperation,
  { headers = {} }: OperationNotes,
  { answered }: HeaderFacts,
): Record<string, ApiResponseObject> {
  const described = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  const all = { ...(Object.fromEntries(described) as HeaderFacts['answered']), ...answered };
  const own = Object.keys(all).length > 0 ? { headers: all } : {};
  // The library adds an empty one of the method's usual status beside the one that `@Answers` declares.
  const declared = Object.entries(responses).filter(([, response]) => response.description !== '');
  const entries = declared.map(([status, response]): [string, ApiResponseObject] => [
    status,
    { ...response, description: SUCCESS[status] ?? response.description, ...own },
  ]);
  return Object.fromEntries(entries);
}

function errors(
  path: string,
  raw: RawOperation,
  access: RouteAccess,
  notes: OperationNotes,
  headers: HeaderFacts,
): Record<string, ApiResponseObject> {
  const pathParameters = (raw.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
  const hasBody = raw.requestBody !== undefined;
  return errorResponses({
    door: doorOf(path),
    access,
    hasBody,
    pathParameters,
    own: [...(notes.errors ?? []), ...headers.errors],
  });
}
