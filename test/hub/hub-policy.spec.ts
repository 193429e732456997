import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { activityOf, dataOf, type Json, leavesAlone, ownedHub, refusalOf } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const CURRENT = '/v1/hubs/current';
const DEFAULTS = { max_overlap_seconds: 604_800, disable_on_reuse: false };
const LONGEST = 7_776_000;

interface Security {
  readonly security: { readonly rotation: Json };
}
const patch = (caller: Client, rotation: unknown) => caller.patch(CURRENT, { security: { rotation } });
const policyOf = async (caller: Client): Promise<Json> =>
  dataOf<Security>(await caller.get(CURRENT).expect(200)).security.rotation;

describe('the rotation policy of a hub', () => {
  it('allows a week of overlap and switches nothing off, until the hub says otherwise', async () => {
    const { owner } = await ownedHub(test.app);

    expect(await policyOf(owner)).toEqual(DEFAULTS);
  });

  it('changes in what is named alone, and the answer is what is read afterwards', async () => {
    const { owner } = await ownedHub(test.app);
    const set = async (rotation: object) => dataOf(await patch(owner, rotation).expect(200));
    const first = await set({ disable_on_reuse: true });
    expect(first).toMatchObject({ security: { rotation: { ...DEFAULTS, disable_on_reuse: true } } });

    const second = await set({ max_overlap_seconds: 60 });

    expect(second).toMatchObject({ security: { rotation: { max_overlap_seconds: 60, disable_on_reuse: true } } });
    expect(dataOf(await owner.get(CURRENT))).toEqual(second);
  });

  it.each([0, LONGEST])('takes an overlap of %d s', async (max_overlap_seconds) => {
    const { owner } = await ownedHub(test.app);
    await patch(owner, { max_overlap_seconds }).expect(200);

    expect(await policyOf(owner)).toEqual({ ...DEFAULTS, max_overlap_seconds });
  });

  it.each([{}, { security: {} }, { security: { rotation: {} } }])('stays as it is after %j', async (body) => {
    const { owner } = await ownedHub(test.app);
    await patch(owner, { max_overlap_seconds: 60 }).expect(200);

    await owner.patch(CURRENT, body).expect(200);

    expect(await policyOf(owner)).toEqual({ ...DEFAULTS, max_overlap_seconds: 60 });
  });

  it('is one hub’s own', async () => {
    const { owner } = await ownedHub(test.app);
    const { owner: neighbour } = await ownedHub(test.app);
    await patch(owner, { max_overlap_seconds: 1, disable_on_reuse: true }).expect(200);

    expect(await policyOf(neighbour)).toEqual(DEFAULTS);
  });

  it.each<[string, Json, string]>([
    ['an overlap below 0', { security: { rotation: { max_overlap_seconds: -1 } } }, 'max_overlap_seconds'],
    ['an overlap that is not whole', { security: { rotation: { max_overlap_seconds: 0.5 } } }, 'max_overlap_seconds'],
    ['more than 90 days', { security: { rotation: { max_overlap_seconds: LONGEST + 1 } } }, 'max_overlap_seconds'],
    ['an overlap in words', { security: { rotation: { max_overlap_seconds: '60' } } }, 'max_overlap_seconds'],
    ['no overlap', { security: { rotation: { max_overlap_seconds: null } } }, 'max_overlap_seconds'],
    ['a number for yes', { security: { rotation: { disable_on_reuse: 1 } } }, 'disable_on_reuse'],
    ['yes in words', { security: { rotation: { disable_on_reuse: 'true' } } }, 'disable_on_reuse'],
    ['neither yes nor no', { security: { rotation: { disable_on_reuse: null } } }, 'disable_on_reuse'],
    ['an unknown rule', { security: { rotation: { max_age_seconds: 1 } } }, 'max_age_seconds'],
  ])('422: does not take %s, naming where', async (_, body, name) => {
    const { hub, owner } = await ownedHub(test.app);

    const answer = await leavesAlone(test.app, hub, () => owner.patch(CURRENT, body).expect(422));

    expect(refusalOf(answer)).toMatchObject({
      code: '422.invalid-argument',
      source: `/security/rotation/${name}`,
    });
  });

  it.each<[string, unknown, string]>([
    ['null for the rules', { security: { rotation: null } }, '/security/rotation'],
    ['a list for the rules', { security: { rotation: [] } }, '/security/rotation'],
    ['a text for the rules', { security: { rotation: 'none' } }, '/security/rotation'],
    ['null for all demands', { security: null }, '/security'],
    ['a list for all demands', { security: [{ rotation: {} }] }, '/security'],
    ['a demand that is not built', { security: { force_ipv6: true } }, '/security/force_ipv6'],
    ['another state', { state: 'inactive' }, '/state'],
  ])('422: does not take %s', async (_, body, source) => {
    const { hub, owner } = await ownedHub(test.app);

    const answer = await leavesAlone(test.app, hub, () => owner.patch(CURRENT, body as object).expect(422));

    expect(refusalOf(answer)).toMatchObject({ code: '422.invalid-argument', source });
  });

  it('403: is set by nobody without hubs-update, and by anybody with it', async () => {
    const { hub } = await ownedHub(test.app);
    const others = ['api-keys-manage', 'hubs-roles-manage', 'groups-manage', 'lists-manage'];
    const without = await test.app.create.caller({ hub, capabilities: others, rank: 9 });
    const within = await test.app.create.caller({ hub, capabilities: ['hubs-update'], rank: 0 });

    const answer = await leavesAlone(test.app, hub, () => patch(without, { max_overlap_seconds: 1 }).expect(403));

    expect(refusalOf(answer).extra).toEqual({ capability: 'hubs-update' });
    await patch(within, { max_overlap_seconds: 1 }).expect(200);
  });

  it('is in the activity with what changed, whole', async () => {
    const { hub, owner } = await ownedHub(test.app);

    const entries = await activityOf(test.app, hub, () => patch(owner, { disable_on_reuse: true }).expect(200));

    const security = (rotation: Json): Json => ({ force_2fa: false, rotation });
    expect(entries).toMatchObject([
      {
        event: 'hub.update',
        component: { type: 'hub', id: hub.id },
        changes: {
          security: { before: security(DEFAULTS), after: security({ ...DEFAULTS, disable_on_reuse: true }) },
        },
      },
    ]);
  });

  it('tightened holds for the next rotation, and leaves one that is running alone', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub });
    await test.app.create.rotate(hub, key, 3600);

    await patch(owner, { max_overlap_seconds: 0 }).expect(200);

    await test.app.as(key.secret).get(CURRENT).expect(200);
    const next = await test.app.create.key({ hub });
    await owner.post(`${CURRENT}/api-keys/${next.id}/rotate`, { overlap_seconds: 1 }).expect(422);
    await owner.post(`${CURRENT}/api-keys/${next.id}/rotate`).expect(201);
    expect((await test.app.as(next.secret).get(CURRENT)).status).toBe(401);
  });
});
