import { request } from 'node:http';
import { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Database } from '../../src/database/index.js';
import { type TestHub } from '../support/factory.js';
import {
  type Answer,
  dataOf,
  type Json,
  leavesAlone,
  ownedHub,
  type Refusal,
  refusalOf,
  resource,
  RESOURCE_NAMES,
  type ResourceName,
  ROLES,
  storedOf,
} from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const nested = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

/** The POST and the PATCH of a resource, at a hub of its own. */
async function doorsOf(name: ResourceName) {
  const { hub, owner, ownerId } = await ownedHub(test.app);
  const { path, make, input, edit } = resource(name);
  const id = await make(test.app, hub);
  return { hub, owner, ownerId, path, one: `${path}/${id}`, id, input: input(hub), edit };
}

describe.each(RESOURCE_NAMES)('a body for %s', (name) => {
  it.each(['[]', '[{}]', 'null', '5', '"x"', 'true'])('422: must be an object, which %s is not', async (body) => {
    const { hub, owner, path, one } = await doorsOf(name);

    const answers = await leavesAlone(test.app, hub, async () => [
      await owner.post(path, body).expect(422),
      await owner.patch(one, body).expect(422),
    ]);

    for (const answer of answers) {
      expect(refusalOf(answer)).toMatchObject({
        code: '422.invalid-argument',
        source: '',
        detail: 'The body must be a JSON object.',
      });
    }
  });

  it('422: may not be empty on a POST, whatever its type says; on a DELETE it is', async () => {
    const { hub, owner, path, one } = await doorsOf(name);

    const answers = await leavesAlone(test.app, hub, async () => [await owner.post(path, ''), await owner.post(path)]);

    for (const answer of answers) {
      expect(refusalOf(answer)).toMatchObject({ status: 422, code: '422.missing-argument' });
    }
    await owner.delete(one, '').expect(resource(name).deletes);
  });

  it.each([
    ['colour', '/colour'],
    ['Name', '/Name'],
    ['name ', '/name '],
    ['', '/'],
    ['a~b/c', '/a~0b~1c'],
    ['$where', '/$where'],
    ['role.rank', '/role.rank'],
    ['constructor', '/constructor'],
    ['toString', '/toString'],
    ['hasOwnProperty', '/hasOwnProperty'],
    ['x'.repeat(500), `/${'x'.repeat(64)}…`],
  ])('422: names the unknown field "%.20s"', async (field, source) => {
    const { hub, owner, path, one, input, edit } = await doorsOf(name);

    const answers = await leavesAlone(test.app, hub, async () => [
      await owner.post(path, { ...input, [field]: 1 }).expect(422),
      await owner.patch(one, { ...edit, [field]: 1 }).expect(422),
    ]);

    for (const answer of answers) {
      expect(refusalOf(answer)).toMatchObject({
        code: '422.invalid-argument',
        source,
        detail: expect.stringContaining('leave it out'),
      });
    }
  });

  it('422: lists every problem, the first of them on top', async () => {
    const { owner, path } = await doorsOf(name);

    const refusal = refusalOf(await owner.post(path, { colour: 1, name: 5 }).expect(422));

    const errors = refusal.extra?.errors as Refusal[];
    expect(errors[0]).toEqual({ source: refusal.source, detail: refusal.detail });
    expect(errors.map(({ source }) => source)).toEqual(expect.arrayContaining(['/colour', '/name']));
  });
});

describe('any body', () => {
  const name = 'groups';

  it.each([
    ['half an object', '{'],
    ['a comma too many', '{"name":"x",}'],
    ['single quotes', "{'name':'x'}"],
    ['a blank', ' '],
    ['two values', '{}{}'],
    ['a comment', '{/* */}'],
    ['not a number', '{"rank":NaN}'],
    ['a raw control character', '{"name":"a\u0001b"}'],
    ['__proto__', '{"__proto__":{"root":true}}'],
    ['an escaped __proto__', '{"\\u005f_proto__":{"root":true}}'],
    ['__proto__ inside', '{"name":"x","permissions":{"__proto__":{"lists":[]}},"extra":{"__proto__":"x"}}'],
    ['constructor.prototype', '{"constructor":{"prototype":{"root":true}}}'],
    ['40 levels', `{"name":${nested(40)}}`],
    ['100 000 levels', `{"name":${nested(100_000)}}`],
    ['100 000 levels of an unknown field', `{"colour":${nested(100_000)}}`],
    ['100 000 brackets that never close', '['.repeat(100_000)],
    ['100 000 objects inside each other', `${'{"extra":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('400: %s', async (_, body) => {
    const { hub, owner, path, one } = await doorsOf(name);

    const answers = await leavesAlone(test.app, hub, async () => [
      await owner.post(path, body).expect(400),
      await owner.patch(one, body).expect(400),
    ]);

    expect(answers.map((answer) => refusalOf(answer).code)).toEqual(['400.invalid-syntax', '400.invalid-syntax']);
    expect(({} as Json).root).toBeUndefined();
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    'x',
  ])('415: of the type %s', async (type) => {
    const { hub, owner, path, one, input } = await doorsOf(name);
    const text = JSON.stringify(input);

    const answers = await leavesAlone(test.app, hub, async () => [
      await owner.post(path).set('content-type', type).send(text),
      await owner.patch(one).set('content-type', type).send(text),
    ]);

    for (const answer of answers) {
      expect(refusalOf(answer)).toMatchObject({
        status: 415,
        code: '415.invalid-content-type',
        detail: expect.stringContaining('application/json'),
      });
    }
  });

  it('is read with a character set or capitals in its type', async () => {
    const { owner, path, input } = await doorsOf(name);

    for (const type of ['application/json; charset=utf-8', 'Application/JSON']) {
      const { status } = await owner
        .post(path)
        .set('content-type', type)
        .send(JSON.stringify({ ...input, name: type }));
      expect(status).toBe(201);
    }
  });

  it('422: of ten megabytes is not even read', async () => {
    const { hub, path } = await doorsOf(name);
    const { secret } = await test.app.create.ownerKey(hub);

    const answer = await leavesAlone(test.app, hub, () => sendLarge(path, secret, 10 * 1024 * 1024));

    expect(answer.status).toBe(422);
    expect(refusalOf(answer)).toMatchObject({ code: '422.max-exceeded', detail: expect.stringContaining('1 MiB') });
  });
});

describe.each([
  ['roles', 'Role'],
  ['groups', 'UserGroup'],
  ['api-keys', 'ApiKey'],
] as const)('mass assignment at %s', (name, entity) => {
  /** Columns that are fields of the body as well. */
  const fields: Readonly<Record<ResourceName, readonly string[]>> = {
    roles: ['name', 'identifier', 'rank', 'capabilities', 'extra'],
    groups: ['name', 'description', 'permissions'],
    'api-keys': ['name', 'description', 'role_id', 'group_id', 'scopes', 'ips', 'expires_at'],
  };
  /** Of an answer, of the secret's table, or of nothing, but worth a try. */
  const others = [
    'secret',
    'digest',
    'creator',
    'events',
    'state',
    'default',
    'kv',
    'members',
    'user_id',
    'last_used_at',
    'meta',
  ];

  const columnsOf = (): string[] =>
    test.app.nest
      .get(Database)
      .reader.dataSource.getMetadata(entity)
      .columns.flatMap(({ propertyName, databaseName }) => [propertyName, databaseName]);

  it('422: refuses every column by its name, on POST and on PATCH; the row stays as it was', async () => {
    const { hub, owner, path, one, input, edit } = await doorsOf(name);
    const columns = [...new Set([...columnsOf(), ...others])].filter((column) => !fields[name].includes(column));
    expect(columns).toEqual(
      expect.arrayContaining(['id', 'hubId', 'hub_id', 'revision', 'creatorId', 'creator_id', 'deleted_at']),
    );

    await leavesAlone(test.app, hub, async () => {
      for (const column of columns) {
        for (const value of ['0'.repeat(24), null]) {
          const answers = [
            await owner.post(path, { ...input, [column]: value }).expect(422),
            await owner.patch(one, { ...edit, [column]: value }).expect(422),
          ];
          expect(answers.map((answer) => refusalOf(answer).source)).toEqual([`/${column}`, `/${column}`]);
        }
      }
    });
  });

  it('stores exactly what was sent and what the server knows', async () => {
    const { hub, owner, ownerId, path, input } = await doorsOf(name);

    const { id } = dataOf<{ id: string }>(await owner.post(path, input).expect(201));

    const stored = await storedOf(test.app, hub);
    const rows = { roles: stored.role, groups: stored.user_group, 'api-keys': stored.api_key }[name];
    expect(rows.find((row) => row.id === id)).toMatchObject({
      hub_id: hub.id,
      creator_type: 'api-key',
      creator_id: ownerId,
      revision: 1,
      deleted_at: null,
      ...(name === 'roles' && { root: 0, default_of: null }),
      ...(name === 'api-keys' && { state: 'live', kv: 1, scopes: 0 }),
    });
  });
});

describe('a name', () => {
  const input = (name: ResourceName, hub: TestHub, text: unknown): Json => ({
    ...resource(name).input(hub),
    name: text,
  });
  const everywhere = RESOURCE_NAMES;

  it.each([
    ['empty', '', '1 to 200 characters'],
    ['blank', ' \t\n ', '1 to 200 characters'],
    ['without anything to see', '\u200b\u2060\u00ad\u3164\ufeff', '1 to 200 characters'],
    ['of 201 characters', 'x'.repeat(201), '1 to 200 characters'],
    ['of a megabyte', 'x'.repeat(1_000_000), '1 to 200 characters'],
    ['with NUL', 'a\0b', 'control characters'],
    ['with a line break', 'a\nb', 'control characters'],
    ['with an escape sequence', '\u001b[31mred', 'control characters'],
    ['with a C1 control', 'a\u0085b', 'control characters'],
    ['with a line separator', 'a\u2028b', 'control characters'],
    ['with a right-to-left override', 'gnp\u202eexe', 'control characters'],
    ['with an isolate', 'a\u2066b', 'control characters'],
    ['with a right-to-left mark', 'a\u200fb', 'control characters'],
    ['with an Arabic letter mark', 'a\u061cb', 'control characters'],
    ['with half an emoji', 'a\ud83d', 'control characters'],
    ['with the other half', '\ude00b', 'control characters'],
    ['that is a number', 5, 'must be text'],
    ['that is true', true, 'must be text'],
    ['that is a list', ['x'], 'must be text'],
    ['that is an object', { toString: 'x' }, 'must be text'],
  ])('422: %s', async (_, text, detail) => {
    for (const name of everywhere) {
      const { hub, owner, path, one } = await doorsOf(name);

      const answers = await leavesAlone(test.app, hub, async () => [
        await owner.post(path, input(name, hub, text)).expect(422),
        await owner.patch(one, { name: text }).expect(422),
      ]);

      for (const answer of answers) {
        expect(refusalOf(answer)).toMatchObject({
          code: '422.invalid-argument',
          source: '/name',
          detail: expect.stringContaining(detail),
        });
      }
    }
  });

  it.each([
    ['of one character', 'x'],
    ['of 200 characters', 'x'.repeat(200)],
    ['of emoji', '\u{1F468}\u200d\u{1F469}\u200d\u{1F467} \u{1F3F4}\u{E0067}\u{E0062}\u{E007F} \u2764\ufe0f'],
    ['in Hebrew', '\u05de\u05d7\u05e1\u05df'],
    ['with combining marks', 'Z\u0351\u036b\u0343\u033balgo'],
    ['of markup', '<script>alert(1)</script>'],
    ['of SQL', "'); DROP TABLE hub; --"],
    ['of JSON', '{"a":1}'],
    ['of a template', '${7*7} {{7*7}} %s'],
    ['of letters that grow when folded', '\u0390\u00df'.repeat(100)],
  ])('is kept as it is: %s', async (_, text) => {
    for (const name of everywhere) {
      const { hub, owner, path } = await doorsOf(name);

      const made = dataOf<{ id: string }>(await owner.post(path, input(name, hub, text)).expect(201));

      expect(dataOf(await owner.get(`${path}/${made.id}`).expect(200))).toMatchObject({ name: text });
    }
  });

  it.each(['\uFDFA'.repeat(200), '\uFB03'.repeat(200)])(
    '422: whose folded form is too long to compare (%.3s…)',
    async (text) => {
      for (const name of ['groups', 'api-keys'] as const) {
        const { hub, owner, path } = await doorsOf(name);

        const answer = await leavesAlone(test.app, hub, () => owner.post(path, input(name, hub, text)).expect(422));

        expect(refusalOf(answer)).toMatchObject({ source: '/name', detail: expect.stringContaining('400 characters') });
      }
    },
  );
});

describe('a number', () => {
  it.each(['1e0', '1.0', '-0', '0'])('is read as JSON says: the rank %s', async (rank) => {
    const { owner } = await ownedHub(test.app);

    const made = dataOf<{ id: string }>(await owner.post(ROLES, `{"identifier":"x","rank":${rank}}`).expect(201));

    expect(dataOf(await owner.get(`${ROLES}/${made.id}`).expect(200)).rank).toBe(Math.abs(Number(rank)));
  });

  it.each(['1e400', '9007199254740993', '1e-7', '"1"', '[1]'])('422: the rank %s', async (rank) => {
    const { hub, owner } = await ownedHub(test.app);

    const body = `{"identifier":"x","rank":${rank}}`;
    const answer = await leavesAlone(test.app, hub, () => owner.post(ROLES, body).expect(422));

    expect(refusalOf(answer).source).toBe('/rank');
  });
});

/** The server answers before it has read everything and may close at once: what counts is the answer. */
function sendLarge(path: string, secret: string, bytes: number): Promise<Answer> {
  const { port } = test.app.nest.getHttpServer().address() as AddressInfo;
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json', 'content-length': bytes };
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, method: 'POST', headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        outgoing.destroy();
        resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) });
      });
    });
    outgoing.on('error', reject);
    outgoing.write(`{"name":"${'x'.repeat(64 * 1024)}`);
  });
}
