import { describe, expect, it } from 'vitest';
import { type TestBox, type TestHub } from '../support/factory.js';
import { dataOf, type Json, ownedHub } from '../support/management.js';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const REPORT = '/public-api/v1/box/report';
const BOXES = '/v1/hubs/current/boxes';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const START = {
  Name: 'StartLine',
  Description: 'Starts one line',
  ReturnType: 'Boolean',
  Parameters: [{ ParameterName: 'Line', ParameterType: 'Number', Description: null }],
};

async function reporting(): Promise<{ hub: TestHub; owner: Client; box: TestBox; self: Client }> {
  const { hub, owner } = await ownedHub(test.app);
  const box = await test.app.create.box(hub, { address: '10.0.0.1', credentials: { user: 'a', password: 'b' } });
  return { hub, owner, box, self: test.app.as(await test.app.create.boxToken(hub, box)) };
}

const toldOf = async ({ id }: TestBox): Promise<Json> =>
  (await test.app.database.query<Json>('SELECT * FROM box_report WHERE box_id = ?', [id]))[0] ?? {};
const rowOf = async ({ id }: TestBox): Promise<Json> =>
  (await test.app.database.query<Json>('SELECT * FROM box WHERE id = ?', [id]))[0] ?? {};
const shownOf = async (owner: Client, { id }: TestBox): Promise<Json> =>
  dataOf(await owner.get(`${BOXES}/${id}`).expect(200));

describe('POST /public-api/v1/box/report, 200', () => {
  it('keeps what the box tells, and shows it', async () => {
    const { owner, box, self } = await reporting();
    const variables = [{ name: 'Counter', type: 'Number', value: 12 }];

    const { body } = await self
      .post(REPORT, { version: '4.1.2', state: 'online', functions: [START], variables, screenshot: PNG })
      .expect(200);

    expect(body).toEqual({ state: 'Success' });
    expect(await shownOf(owner, box)).toMatchObject({
      state: { current: 'online' },
      runtime_version: '4.1.2',
      last_seen: expect.stringMatching(/Z$/),
    });
    const told = await toldOf(box);
    expect(JSON.parse(String(told.functions))).toEqual([START]);
    expect(JSON.parse(String(told.variables))).toEqual(variables);
    expect(told.screenshot).toBe(PNG);
  });

  it('leaves what it does not tell as it was', async () => {
    const { owner, box, self } = await reporting();
    await self.post(REPORT, { version: '1', functions: [START] }).expect(200);

    await self.post(REPORT, { variables: [] }).expect(200);

    expect(JSON.parse(String((await toldOf(box)).functions))).toEqual([START]);
    expect((await shownOf(owner, box)).runtime_version).toBe('1');
    await self.post(REPORT, { state: 'offline' }).expect(200);
    expect(await shownOf(owner, box)).toMatchObject({ state: { current: 'offline' }, runtime_version: '1' });
  });

  it('never changes what people decide, nor the ETag of it', async () => {
    const { owner, box, self } = await reporting();
    const decided = ['address', 'name', 'box_id', 'credentials_kind', 'sealed_credentials', 'token_digest', 'revision'];
    const pick = (row: Json): Json => Object.fromEntries(decided.map((name) => [name, row[name]]));
    const before = pick(await rowOf(box));

    await self.from('198.51.100.99').post(REPORT, { version: '9', state: 'online' }).expect(200);

    expect(pick(await rowOf(box))).toEqual(before);
    expect((await shownOf(owner, box)).address).toBe('http://10.0.0.1:40404');
  });

  it('takes a screenshot of nearly 1 MiB, which is longer than bodies elsewhere may be', async () => {
    const { box, self } = await reporting();
    const large = Buffer.concat([Buffer.from(PNG, 'base64'), Buffer.alloc(1_000_000)]).toString('base64');

    await self.post(REPORT, { screenshot: large }).expect(200);

    expect(String((await toldOf(box)).screenshot)).toHaveLength(large.length);
  });

  it('shows a box that has been silent for 15 minutes as unknown', async () => {
    const { owner, box, self } = await reporting();
    await self.post(REPORT, {}).expect(200);
    test.app.clock.advance(14 * 60_000);
    expect(await shownOf(owner, box)).toMatchObject({ state: { current: 'online' } });

    test.app.clock.advance(60_000);

    expect(await shownOf(owner, box)).toMatchObject({ state: { current: 'unknown' } });
  });
});

describe('POST /public-api/v1/box/report, refused', () => {
  const parameter = { ParameterName: 'Line', ParameterType: 'Number' };
  const repeated = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index));

  it.each<[string, object, string]>([
    ['another address', { address: '10.66.6.6' }, '/address'],
    ['credentials', { credentials: null }, '/credentials'],
    ['a box id', { boxId: 'PB1' }, '/boxId'],
    ['a version that is a number', { version: 4 }, '/version'],
    ['a version with control characters', { version: 'a\u0000b' }, '/version'],
    ['a state of its own', { state: 'on fire' }, '/state'],
    ['functions that are no list', { functions: {} }, '/functions'],
    ['null for functions', { functions: null }, '/functions'],
    ['a function without a name', { functions: [{ ...START, Name: undefined }] }, '/functions'],
    ['a function named as a path', { functions: [{ ...START, Name: '..' }] }, '/functions'],
    ['a function whose name is no text', { functions: [{ ...START, Name: ['a'] }] }, '/functions'],
    ['functions whose names differ by case', { functions: [START, { ...START, Name: 'STARTLINE' }] }, '/functions'],
    ['an unknown return type', { functions: [{ ...START, ReturnType: 'Date' }] }, '/functions'],
    ['a parameter without a type', { functions: [{ ...START, Parameters: [{ ParameterName: 'a' }] }] }, '/functions'],
    ['a parameter twice', { functions: [{ ...START, Parameters: [parameter, parameter] }] }, '/functions'],
    ['too many functions', { functions: repeated(201, (index) => ({ ...START, Name: `f${index}` })) }, '/functions'],
    [
      'too many parameters',
      { functions: [{ ...START, Parameters: repeated(51, (i) => ({ ...parameter, ParameterName: `p${i}` })) }] },
      '/functions',
    ],
    ['a description too long', { functions: [{ ...START, Description: 'x'.repeat(1001) }] }, '/functions'],
    ['a variable of another type', { variables: [{ name: 'a', type: 'Number', value: '1' }] }, '/variables'],
    ['a number beyond double', { variables: [{ name: 'a', type: 'Number', value: Infinity }] }, ''],
    [
      'too many variables',
      { variables: repeated(1001, (i) => ({ name: `v${i}`, type: 'String', value: '' })) },
      '/variables',
    ],
    ['a text too long', { variables: [{ name: 'a', type: 'String', value: 'x'.repeat(10_001) }] }, '/variables'],
    [
      'a screenshot that is a JPEG',
      { screenshot: Buffer.from([0xff, 0xd8, 0xff, 0xe0]).toString('base64') },
      '/screenshot',
    ],
    ['a screenshot that is HTML', { screenshot: '<html></html>' }, '/screenshot'],
    ['a screenshot with junk', { screenshot: `${PNG.slice(0, -4)}%%%%` }, '/screenshot'],
    ['a screenshot that is a list', { screenshot: [PNG] }, '/screenshot'],
  ])('422: %s; nothing is kept', async (_, body, source) => {
    const { box, self } = await reporting();
    const before = [await toldOf(box), await rowOf(box)];
    const text = JSON.stringify(body).replace('"value":null', '"value":1e999');
    const expected = source || '/variables';

    const answer = await self.post(REPORT, text).expect(422);

    expect((answer.body as { source: string }).source).toBe(expected);
    expect([await toldOf(box), await rowOf(box)]).toEqual(before);
  });

  it('422: a screenshot of more than 1 MiB, and a body of more than 2 MiB', async () => {
    const { box, self } = await reporting();
    const large = (bytes: number): string =>
      Buffer.concat([Buffer.from(PNG, 'base64'), Buffer.alloc(bytes)]).toString('base64');

    await self.post(REPORT, { screenshot: large(1_048_576) }).expect(422);
    await self.post(REPORT, { screenshot: large(2_000_000) }).expect(422);

    expect((await toldOf(box)).screenshot).toBeNull();
  });
});
