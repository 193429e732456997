import { describe, expect, it } from 'vitest';
import { type ApiOperation, buildDocuments, DOCUMENT_NAMES } from '../../src/openapi/index.js';
import { ownedHub, resource, RESOURCE_NAMES } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const server = useTestApp();

interface Found {
  readonly name: string;
  readonly operation: ApiOperation;
}

function operations(): Found[] {
  const documents = buildDocuments(server.app.nest);
  return DOCUMENT_NAMES.flatMap((document) =>
    Object.entries(documents[document].paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
    ),
  );
}

const reads = ({ operation }: Found, header: string): boolean =>
  operation.parameters.some((parameter) => parameter.in === 'header' && parameter.name === header);
const answers = ({ operation }: Found, header: string): boolean =>
  Object.entries(operation.responses).some(([status, { headers }]) => status.startsWith('2') && headers?.[header]);
const gives = ({ operation }: Found, status: string, code: string): boolean =>
  Object.values(operation.responses[status]?.content ?? {}).some(({ examples }) => examples?.[code] !== undefined);
const names = (found: readonly Found[]): string[] => found.map(({ name }) => name);

describe('Idempotency-Key', () => {
  it('is in the document of every POST of the management door but sign-in and the means of it, and of nothing else', () => {
    const heeding = operations().filter((found) => reads(found, 'Idempotency-Key'));
    const posts = operations().filter(({ name }) => /^POST \/v1\/(?!auth\/|account)/.test(name));

    expect(names(heeding)).toEqual(names(posts));
    expect(heeding.length).toBeGreaterThanOrEqual(5);
  });

  it('comes with its errors and the header of a repetition', () => {
    for (const found of operations()) {
      const facts = [
        gives(found, '409', '409.idempotency-key-reused'),
        gives(found, '409', '409.in-progress'),
        answers(found, 'Idempotency-Replayed'),
      ];
      expect(new Set(facts)).toEqual(new Set([reads(found, 'Idempotency-Key')]));
    }
  });
});

describe('If-Match', () => {
  it('is in the document of what changes one thing that has a tag, with its error', () => {
    const asking = operations().filter((found) => reads(found, 'If-Match'));

    expect(names(asking)).toEqual([
      'PATCH /v1/hubs/current/alert-subscriptions/{alertSubscriptionId}',
      'DELETE /v1/hubs/current/alert-subscriptions/{alertSubscriptionId}',
      'PATCH /v1/hubs/current/api-keys/{apikeyId}',
      'DELETE /v1/hubs/current/api-keys/{apikeyId}',
      'PATCH /v1/hubs/current/boxes/{boxId}',
      'DELETE /v1/hubs/current/boxes/{boxId}',
      'PATCH /v1/hubs/current/groups/{groupId}',
      'DELETE /v1/hubs/current/groups/{groupId}',
      'PATCH /v1/hubs/current/lists/{listId}',
      'DELETE /v1/hubs/current/lists/{listId}',
      'POST /v1/hubs/current/lists/{listId}/columns',
      'PATCH /v1/hubs/current/lists/{listId}/columns/{columnId}',
      'DELETE /v1/hubs/current/lists/{listId}/columns/{columnId}',
      'PATCH /v1/hubs/current/roles/{roleId}',
      'DELETE /v1/hubs/current/roles/{roleId}',
      'PATCH /v1/hubs/current/variables/{variableId}',
      'DELETE /v1/hubs/current/variables/{variableId}',
      'PUT /public-api/v1/lists/items',
      'DELETE /public-api/v1/lists/items',
      'PUT /public-api/v1/variables/variable',
    ]);
    expect(names(operations().filter((found) => gives(found, '412', '412.revision-mismatch')))).toEqual(names(asking));
  });

  it.each(RESOURCE_NAMES)('has its ETag in the documents of the %s exactly where it is sent', async (name) => {
    const { hub, owner } = await ownedHub(server.app);
    const { path, input, edit, make } = resource(name);
    const one = `${path}/${await make(server.app, hub)}`;
    const sent = {
      [`POST ${path}`]: await owner.post(path, input(hub)),
      [`GET ${path}`]: await owner.get(path),
      [`GET ${path}/{}`]: await owner.get(one),
      [`PATCH ${path}/{}`]: await owner.patch(one, edit),
      [`DELETE ${path}/{}`]: await owner.delete(one),
    };
    const documented = operations().map((found) => [found.name.replace(/\{\w+\}/, '{}'), answers(found, 'ETag')]);

    expect(Object.fromEntries(documented)).toMatchObject(
      Object.fromEntries(Object.entries(sent).map(([what, { headers }]) => [what, 'etag' in headers])),
    );
  });
});
