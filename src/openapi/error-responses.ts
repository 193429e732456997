import {
  AddressDeniedError,
  BadCredentialError,
  ChallengedError,
  ExpiredCredentialError,
  FirewallError,
  MissingCapabilityError,
  MissingRightError,
  MissingScopeError,
  type RouteAccess,
  WrongDomainError,
  WrongHubError,
} from '../access/index.js';
import {
  AppError,
  InvalidInputError,
  InvalidSyntaxError,
  NotFoundError,
  TooManyRequestsError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from '../common/errors/index.js';
import { type Door } from '../common/http/door.js';
import { renderError } from '../common/http/error-body.js';
import { type ApiExample, type ApiResponseObject, type JsonSchema } from './types.js';

/** What decides which errors a route can give. */
export interface RouteFacts {
  readonly door: Door;
  readonly access: RouteAccess;
  readonly hasBody: boolean;
  readonly pathParameters: readonly string[];
  /** Those that only this route gives. */
  readonly own: readonly AppError[];
}

const REQUEST_ID = '5f0c6a52-8d0e-4c1b-9d51-3b2f7f3f4a10';

/** Also what is below a domain: what else can be missing there is among the notes. */
const NO_DOMAIN = ['hub.domain', 'There is no such domain in this hub.'] as const;
const NOT_FOUND: Readonly<Record<string, readonly [resource: string, title: string]>> = {
  accountId: ['hub.membership', 'There is no such member in this hub.'],
  alertId: ['hub.alert', 'There is no such alert.'],
  boxId: ['hub.box', 'There is no such box in this hub.'],
  alertSubscriptionId: ['hub.alert-subscription', 'There is no such alert subscription in this hub.'],
  apikeyId: ['hub.api-key', 'There is no such API key in this hub.'],
  columnId: ['hub.list-column', 'There is no such column in this list.'],
  groupId: ['hub.group', 'There is no such user group in this hub.'],
  importId: ['hub.list-import', 'There is no such import in this hub.'],
  inviteId: ['hub.invitation', 'There is no such invite.'],
  jobId: ['job', 'There is no such job.'],
  listId: ['hub.list', 'There is no such list in this hub.'],
  name: ['hub.api-key', 'There is no such API key in this hub.'],
  memberId: ['hub.membership', 'There is no such member in this hub.'],
  secretId: ['hub.api-key.secret', 'This API key has no such secret.'],
  sessionId: ['account.session', 'There is no such session.'],
  roleId: ['hub.role', 'There is no such role in this hub.'],
  domain: NO_DOMAIN,
  phase: NO_DOMAIN,
  uuid: NO_DOMAIN,
  variableId: ['hub.variable', 'There is no such variable in this hub.'],
};

/** Every error that the route can give, by status, each code with the body that the client would get. */
export function errorResponses(facts: RouteFacts): Record<string, ApiResponseObject> {
  const byStatus = new Map<number, AppError[]>();
  for (const error of errorsOf(facts)) {
    const { status } = renderError(error, facts.door, REQUEST_ID);
    byStatus.set(status, [...(byStatus.get(status) ?? []), error]);
  }
  const sorted = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(sorted.map(([status, errors]) => [String(status), response(errors, facts.door)]));
}

function errorsOf(facts: RouteFacts): AppError[] {
  const { door, access, hasBody, pathParameters, own } = facts;
  return [
    ...(hasBody ? [new InvalidSyntaxError('The body is not valid JSON.')] : []),
    ...(access.kind === 'public' ? [] : credentialErrors(facts)),
    ...ruleErrors(),
    ...pathParameters.map(notFound),
    ...(hasBody ? [new UnsupportedMediaTypeError('Send the body as application/json.')] : []),
    ...own,
    ...inputErrors(door, hasBody),
    new AppError(500, '500.unknown', 'Something went wrong on the server.'),
    new UnavailableError('The server is busy or stopping. Try again.'),
  ];
}

function credentialErrors({ door, access }: RouteFacts): AppError[] {
  const by = access.kind === 'authenticated' ? access.by : null;
  const tooMany = new TooManyRequestsError('Too many unknown API keys were tried. Wait a minute, then try again.', 60);
  if (by === 'box') {
    return [new BadCredentialError('The box token is not valid.'), tooMany];
  }
  const what = door === 'public' && by !== 'api-key-header' ? 'access token' : 'API key';
  return [
    new BadCredentialError(`The ${what} is not valid.`),
    new ExpiredCredentialError(`The ${what} has expired.`),
    new AddressDeniedError('198.51.100.7'),
    new WrongDomainError(),
    ...(door === 'management' ? [new WrongHubError()] : []),
    ...requirementErrors(access),
    tooMany,
  ];
}

/** What the firewall rules of a host can answer, before the route is asked. */
function ruleErrors(): AppError[] {
  return [
    new FirewallError('private'),
    new ChallengedError('A rule of this host asks for a credential: send yours with the request.'),
  ];
}

function requirementErrors(access: RouteAccess): AppError[] {
  switch (access.kind) {
    case 'capability':
      return [new MissingCapabilityError(access.capability)];
    case 'scope':
      return [
        new MissingScopeError(access.scope),
        ...(access.right === 'read' ? [] : [new MissingRightError(access.right)]),
      ];
    case 'public':
    case 'authenticated':
      return [];
  }
}

function notFound(parameter: string): AppError {
  const [resource, title] = NOT_FOUND[parameter] ?? ['uri', 'There is nothing at this address.'];
  return new NotFoundError(resource, title);
}

/** Routes without parameters refuse every parameter, so each can give the first. */
function inputErrors(door: Door, hasBody: boolean): AppError[] {
  const query = new InvalidInputError('Unknown query parameter "colour". Allowed: none.', {
    source: '/query/colour',
    extra: { unknown: 'colour', allowed: [] },
  });
  const field = door === 'public' ? 'listName' : 'name';
  const missing = new InvalidInputError(`${field} is required.`, { source: `/${field}` }, '422.missing-argument');
  return hasBody ? [missing, query] : [query];
}

function response(errors: readonly AppError[], door: Door): ApiResponseObject {
  const { contentType } = renderError(errors[0], door, REQUEST_ID);
  const titles = [...new Set(errors.map((error) => error.title))];
  const headers = headersOf(errors);
  return {
    description: titles.join(' '),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    content: { [contentType.split(';', 1)[0]]: { schema: errorSchemaOf(door), examples: examplesOf(errors, door) } },
  };
}

/** One example per code; a code that can mean several things has them numbered. */
function examplesOf(errors: readonly AppError[], door: Door): Record<string, ApiExample> {
  const examples: Record<string, ApiExample> = {};
  for (const error of errors) {
    const { code, body } = renderError(error, door, REQUEST_ID);
    const same = Object.keys(examples).filter((name) => name.split(' ', 1)[0] === code).length;
    const name = same === 0 ? code : `${code} (${same + 1})`;
    examples[name] = { summary: name, value: JSON.parse(JSON.stringify(body)) as unknown };
  }
  return examples;
}

function headersOf(errors: readonly AppError[]): Record<string, { description: string; schema: JsonSchema }> {
  const text = { type: 'string' };
  const named = errors.flatMap((error) => Object.keys(error.details.headers ?? {}));
  const descriptions: Readonly<Record<string, string>> = {
    ETag: 'The state that it is in now.',
    'Retry-After': 'Seconds to wait before the next attempt.',
    'WWW-Authenticate': 'How to authenticate here.',
  };
  return Object.fromEntries(named.map((name) => [name, { description: descriptions[name] ?? name, schema: text }]));
}

function errorSchemaOf(door: Door): JsonSchema {
  const names = { management: 'ErrorEnvelope', account: 'AccountError', public: 'Problem', none: 'Problem' };
  return { $ref: `#/components/schemas/${names[door]}` };
}

const FIELDS: Readonly<Record<string, JsonSchema>> = {
  status: { type: 'integer', description: 'The HTTP status.', example: 403 },
  code: { type: 'string', description: 'Stable; decide by it.', example: '403.permissions' },
  title: { type: 'string', description: 'What happened, for a person.' },
  detail: { type: 'string', description: 'What was wrong, and what would be right.' },
  source: { type: 'string', description: 'JSON pointer (RFC 6901) to the input at fault.' },
  extra: {
    type: 'object',
    additionalProperties: true,
    description: 'Facts for programs, e.g. the missing capability.',
  },
  requestId: { type: 'string', description: 'Names this request in the log of the server.', example: REQUEST_ID },
};

const VALIDATION_ERROR: JsonSchema = {
  type: 'object',
  required: ['loc', 'msg', 'type'],
  properties: {
    loc: {
      type: 'array',
      items: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      description: 'Where: `body` or `query`, then names and positions; last, in a text with a grammar, an offset.',
      example: ['body', 'name'],
    },
    msg: { type: 'string', description: 'What was wrong there, and what would be right.' },
    type: { type: 'string', description: 'Its kind.', example: 'missing' },
  },
};

/** The bodies of errors: the management door's envelope, RFC 9457 at the public one, a message at the account's. */
export const ERROR_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ErrorEnvelope: {
    type: 'object',
    required: ['error', 'data'],
    properties: {
      error: { type: 'object', required: ['status', 'code', 'title', 'requestId'], properties: FIELDS },
      data: { type: 'object', nullable: true, description: 'Always null.' },
    },
  },
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'code', 'requestId'],
    properties: { type: { type: 'string', example: 'about:blank' }, ...FIELDS },
  },
  AccountError: {
    type: 'object',
    required: ['error', 'code', 'requestId'],
    properties: {
      error: { type: 'string', description: 'What was wrong, and what would be right.' },
      code: FIELDS['code'],
      requestId: FIELDS['requestId'],
      validation_errors: { type: 'array', items: VALIDATION_ERROR, description: 'What in the input is at fault.' },
    },
  },
};
