import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CAPABILITY_NAMES, type RouteAccess, RouteAccessCheck } from '../../src/access/index.js';
import {
  type ApiDocument,
  type ApiDocuments,
  type ApiOperation,
  buildDocuments,
  DOCUMENT_NAMES,
  renderDocument,
} from '../../src/openapi/index.js';
import { referencesIn } from '../../src/openapi/references.js';
import { useTestApp } from '../support/test-app.js';

const server = useTestApp();
let memo: ApiDocuments | undefined;
const documents = (): ApiDocuments => (memo ??= buildDocuments(server.app.nest));

interface Found {
  readonly path: string;
  readonly method: string;
  readonly operation: ApiOperation;
}

function operationsOf(document: ApiDocument): Found[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

const all = (): Found[] => DOCUMENT_NAMES.flatMap((name) => operationsOf(documents()[name]));
const sorted = (names: Iterable<string>): string[] => [...names].sort((a, b) => (a < b ? -1 : 1));
const named = ({ method, path }: Found): string => `${method.toUpperCase()} ${path}`;
const without = (complete: (found: Found) => boolean): string[] =>
  all()
    .filter((found) => !complete(found))
    .map(named);

describe.each(DOCUMENT_NAMES)('the document %s', (name) => {
  it('is the committed one', () => {
    const file = join('docs', 'openapi', `${name}.json`);
    const committed = existsSync(file) ? readFileSync(file, 'utf8') : '{}';
    // As values: what a process builds a second time has some keys in another order.
    const current = isDeepStrictEqual(JSON.parse(committed), JSON.parse(renderDocument(documents()[name])));
    const verdict = current ? 'current' : `${file} is not what the code says; run: npm run docs`;
    expect(verdict).toBe('current');
  });

  it('refers only to schemas that it has, and has only schemas that it refers to', () => {
    const { paths, components } = documents()[name];
    const known = Object.keys(components.schemas);
    const used = new Set([...referencesIn(paths), ...referencesIn(components.schemas)]);
    expect(sorted(used)).toEqual(sorted(known));
  });

  it('has no operationId twice', () => {
    const ids = operationsOf(documents()[name]).map(({ operation }) => operation.operationId);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('uses only security schemes that it declares', () => {
    const declared = Object.keys(documents()[name].components.securitySchemes);
    const used = operationsOf(documents()[name]).flatMap(({ operation }) => operation.security.flatMap(Object.keys));
    expect(declared).toEqual(expect.arrayContaining(used));
  });

  it('is plain JSON without anything of ours in it that a reader has no use for', () => {
    const text = renderDocument(documents()[name]);
    expect(JSON.parse(text)).toEqual(documents()[name]);
    expect(text).not.toMatch(/x-access|x-resource-query|x-flat-query|x-if-match/);
  });

  it('names no other host, but for examples of callbacks and boxes, which nobody else has (RFC 2606, RFC 1918)', () => {
    expect(documents()[name].servers.map(({ url }) => url)).toEqual(['../..']);
    expect(renderDocument(documents()[name])).not.toMatch(/https?:\/\/(?!hooks\.example\.com\/|10\.)\w/);
  });
});

describe('every operation', () => {
  it('has an operationId, a summary of one line and a description', () => {
    const complete = ({ operation: { operationId, summary, description } }: Found): boolean =>
      /^[a-z][A-Za-z]+$/.test(operationId) && /^\S.{2,100}$/u.test(summary) && description !== '';
    expect(without(complete)).toEqual([]);
  });

  it('has exactly one success, with a schema unless it has no body', () => {
    const complete = ({ operation: { responses } }: Found): boolean => {
      const [success, ...more] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      if (success?.[0] === '204') {
        return more.length === 0 && success[1].content === undefined;
      }
      return more.length === 0 && Object.values(success?.[1].content ?? {}).some(({ schema }) => schema !== undefined);
    };
    expect(without(complete)).toEqual([]);
  });

  it('says who may use it, in words and as security', () => {
    const complete = ({ operation: { security, description } }: Found): boolean =>
      security.length > 0 ? description.includes('Requires ') : description.includes('needs no credential');
    expect(without(complete)).toEqual([]);
  });

  it('shows every error with its schema and an example of each code', () => {
    const complete = ({ operation }: Found): boolean =>
      Object.entries(operation.responses)
        .filter(([status]) => !status.startsWith('2'))
        .every(([status, { content = {} }]) =>
          Object.values(content).every(
            ({ schema, examples = {} }) =>
              schema !== undefined &&
              Object.keys(examples).length > 0 &&
              Object.keys(examples).every((code) => code.startsWith(status)),
          ),
        );
    expect(without(complete)).toEqual([]);
  });

  it('with a credential can give 401, 403 and 429; with a body 400, 415 and, but for the account door, 422; with an id 404; always 500 and 503', () => {
    const complete = ({ operation, path }: Found): boolean => {
      const expected = [
        ...(operation.security.length > 0 ? ['401', '429'] : []),
        // A box with its token has the one right that there is.
        ...(operation.security.length > 0 && !path.endsWith('/box/report') ? ['403'] : []),
        ...(operation.requestBody ? ['400', '415'] : []),
        ...(operation.requestBody && !path.startsWith('/api/') ? ['422'] : []),
        ...(path.includes('{') ? ['404'] : []),
        '500',
        '503',
      ];
      return expected.every((status) => operation.responses[status] !== undefined);
    };
    expect(without(complete)).toEqual([]);
  });

  it('with an id in its path says which resource a 404 is about', () => {
    const complete = ({ operation, path }: Found): boolean =>
      !path.includes('{') || !JSON.stringify(operation.responses['404']).includes('404.uri');
    expect(without(complete)).toEqual([]);
  });

  it('that takes a body has examples of it', () => {
    const complete = ({ operation: { requestBody } }: Found): boolean =>
      !requestBody || Object.values(requestBody.content).every(({ examples = {} }) => Object.keys(examples).length > 0);
    expect(without(complete)).toEqual([]);
  });
});

describe('what routes require', () => {
  it('is in the documents for every route below /v1, /public-api and /api/v1', () => {
    const declared = server.app.nest.get(RouteAccessCheck).routes();
    const requirements = declared
      .map(({ access }) => access)
      .filter((access) => access?.kind === 'capability' || access?.kind === 'scope');
    const documented = all().flatMap(({ operation }) => textOf(operation) ?? []);
    expect(sorted(documented)).toEqual(sorted(requirements.map(textOfAccess)));
  });

  it('covers every capability of the catalogue', () => {
    const byInstance = (['apionly-jobs-view', 'api-keys-reveal'] as const).filter((name) =>
      all().some(({ operation }) => operation.description?.includes(name)),
    );
    const used = [...all().map(({ operation }) => operation['x-required-capability']), ...byInstance];
    expect(CAPABILITY_NAMES.filter((name) => !used.includes(name))).toEqual([]);
  });
});

function textOf(operation: ApiOperation): string | undefined {
  return (
    operation['x-required-capability'] ??
    operation['x-required-scope']?.concat(' ', operation['x-required-right'] ?? '')
  );
}

function textOfAccess(access: RouteAccess | undefined): string {
  return access?.kind === 'capability'
    ? access.capability
    : access?.kind === 'scope'
      ? `${access.scope} ${access.right}`
      : '';
}

describe('the management contract', () => {
  it.each([
    ['get', '/v1/hubs/current/api-keys', 'getApiKeys'],
    ['post', '/v1/hubs/current/api-keys', 'createApiKey'],
    ['get', '/v1/hubs/current/api-keys/{apikeyId}', 'getAPIKey'],
    ['patch', '/v1/hubs/current/api-keys/{apikeyId}', 'updateAPIKey'],
    ['delete', '/v1/hubs/current/api-keys/{apikeyId}', 'deleteAPIKey'],
    ['get', '/v1/hubs/current/roles', 'getRoles'],
    ['post', '/v1/hubs/current/roles', 'createRole'],
    ['get', '/v1/hubs/current/roles/{roleId}', 'getRole'],
    ['patch', '/v1/hubs/current/roles/{roleId}', 'updateRole'],
    ['delete', '/v1/hubs/current/roles/{roleId}', 'deleteRole'],
    ['get', '/v1/hubs/current', 'getHub'],
    ['get', '/v1/hubs/capabilities', 'getHubCapabilities'],
  ])('calls %s %s %s', (method, path, operationId) => {
    expect(documents().management.paths[path]?.[method]?.operationId).toBe(operationId);
  });

  it('marks what may be null', () => {
    const { ApiKeyResponse, RoleResponse, WhoamiResponse } = documents().management.components.schemas;
    expect(nullableOf(ApiKeyResponse)).toEqual([
      'ips',
      'group_id',
      'expires_at',
      'description',
      'last_used_at',
      'last_used_address',
    ]);
    expect(nullableOf(RoleResponse)).toEqual(['name', 'default']);
    expect(nullableOf(WhoamiResponse)).toEqual(['api_key', 'account', 'group', 'expires_at', 'client_address']);
  });

  it('takes the page, the sort and the filters that the route declares', () => {
    const { parameters } = documents().management.paths['/v1/hubs/current/api-keys'].get;
    expect(parameters.map(({ name }) => name)).toEqual([
      'sort',
      'filter[state]',
      'filter[search]',
      'filter[role]',
      'filter[group]',
      'filter[creator]',
      'filter[expires_before]',
      'filter[last_used_before]',
      'page[number]',
      'page[size]',
      'include',
      'meta',
    ]);
    expect(parameters.find(({ name }) => name === 'filter[role]')?.schema).toMatchObject({
      items: { pattern: '^[0-9a-f]{24}$' },
    });
  });
});

function nullableOf(schema: Record<string, unknown> | undefined): string[] {
  const properties = (schema?.['properties'] ?? {}) as Record<string, { nullable?: boolean }>;
  return Object.entries(properties).flatMap(([name, { nullable }]) => (nullable === true ? [name] : []));
}
