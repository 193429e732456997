import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import {
  activityOf,
  dataOf,
  type Json,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
  ROLES,
  storedOf,
  toldBy,
} from '../support/management.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const ZERO = '0001-01-01T00:00:00Z';
const jobPath = (id: unknown): string => `/v1/jobs/${String(id)}`;

/** Deletes a role that nobody holds; what the answer says of the job. */
async function deleteRole(hub: TestHub, caller: Client): Promise<{ roleId: string; job: Json; answer: Json }> {
  const roleId = await test.app.create.role(hub, [], 0);
  const answer = dataOf(await caller.delete(`${ROLES}/${roleId}`).expect(202));
  return { roleId, job: answer.job as Json, answer };
}

describe('a 202', () => {
  it('names the job, in the shape that a client tracks', async () => {
    const { hub, owner } = await ownedHub(test.app);

    const { answer } = await deleteRole(hub, owner);

    expect(answer).toEqual({
      action: 'hub.role.delete',
      job: {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        accepted: true,
        queue: `hub-${hub.id}`,
        schedule: expect.stringMatching(/^20/),
        parallel: { tasks: false, sub_queue: null },
        tasks: null,
      },
    });
  });

  it('is the same for a list', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await test.app.create.list(hub);

    const answer = dataOf(await owner.delete(`/v1/hubs/current/lists/${id}`).expect(202));

    const job = dataOf(await owner.get(jobPath((answer.job as Json).id)).expect(200));
    expect(job).toMatchObject({ state: { current: 'completed' }, tasks: [{ input: { type: 'list', id } }] });
  });

  it('leaves no job behind when it is refused', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await test.app.create.key({ hub, roleId: hub.roles.analyst });

    await leavesAlone(test.app, hub, () => owner.delete(`${ROLES}/${hub.roles.analyst}`).expect(409));

    expect((await storedOf(test.app, hub)).job).toEqual([]);
  });
});

describe('GET /v1/jobs/{jobId}', () => {
  it('200: tells the whole story of a job that was done at once', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const { roleId, job } = await deleteRole(hub, owner);

    const told = dataOf(await owner.get(jobPath(job.id)).expect(200));

    const at = job.schedule;
    const caption = `hub.role.delete of role ${roleId}`;
    expect(told).toEqual({
      id: job.id,
      hub_id: hub.id,
      queue: `hub-${hub.id}`,
      caption,
      events: { queued: at, started: at, completed: at },
      schedule: at,
      expires: ZERO,
      tasks: [
        {
          id: job.id,
          caption,
          header: 'hub.role.delete',
          events: { queued: at, started: at, completed: at },
          steps: [{ caption: 'hub.role.delete', description: caption, started: at, completed: at }],
          state: { current: 'completed', changed: at },
          input: { type: 'role', id: roleId },
          output: null,
          error: null,
        },
      ],
      hash: `hub.role.delete:role:${roleId}`,
      limit_duplicates: false,
      creator: { id: ownerId, type: 'api-key' },
      state: { current: 'completed', changed: at, error: null },
    });
  });

  it('200: to its maker without any capability of its own, and to a holder of apionly-jobs-view', async () => {
    const { hub } = await ownedHub(test.app);
    const maker = await test.app.create.caller({ hub, capabilities: ['hubs-roles-manage'], rank: 8 });
    const viewer = await test.app.create.caller({ hub, capabilities: ['apionly-jobs-view'], rank: 0 });
    const admin = await test.app.create.caller({ hub, roleId: hub.roles.admin });
    const { job } = await deleteRole(hub, maker);

    for (const caller of [maker, viewer, admin]) {
      expect(dataOf(await caller.get(jobPath(job.id)).expect(200)).id).toBe(job.id);
    }
  });

  it('404: to everybody else exactly like a job that never was', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const other = await ownedHub(test.app);
    const everythingElse = ['api-keys-manage', 'groups-manage', 'hubs-roles-manage', 'hubs-update', 'lists-manage'];
    const neighbour = await test.app.create.caller({ hub, capabilities: everythingElse, rank: 9 });
    const { job } = await deleteRole(hub, owner);

    for (const caller of [neighbour, other.owner]) {
      const answers = await Promise.all(
        [job.id, NO_ID, 'x', `${String(job.id)}%20`].map((id) => caller.get(jobPath(id))),
      );
      expect(toldBy(answers[0])).toMatchObject({ status: 404, error: { code: '404.job' } });
      expect(new Set(answers.map((answer) => JSON.stringify(toldBy(answer)))).size).toBe(1);
    }
  });

  it('404: to the person who made it, once they left its hub and ask from another one', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const other = await test.app.create.hub();
    const maker = await test.app.people.member({ hub, capabilities: ['hubs-roles-manage'] });
    await test.app.people.join(other, maker, other.roles.integration);
    const person = test.app.as(maker.token);
    const { job } = await deleteRole(hub, person.with({ 'x-hub-id': hub.id }));
    await owner.delete(`/v1/hubs/current/members/${maker.membershipId}`).expect(202);

    const [theirs, nobodys] = [await person.get(jobPath(job.id)), await person.get(jobPath(NO_ID))];

    expect(toldBy(theirs)).toMatchObject({ status: 404 });
    expect(toldBy(theirs)).toEqual(toldBy(nobodys));
  });

  it('401: without a credential; 422: with a query', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { job } = await deleteRole(hub, owner);

    expect(refusalOf(await test.app.anonymous.get(jobPath(job.id)).expect(401)).code).toBe('401.auth-invalid');
    expect(refusalOf(await owner.get(`${jobPath(job.id)}?state=x`).expect(422)).source).toBe('/query/state');
  });

  it('is no activity of its own', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const roleId = await test.app.create.role(hub, [], 0);

    const entries = await activityOf(test.app, hub, () => owner.delete(`${ROLES}/${roleId}`).expect(202));

    expect(entries.map(({ event }) => event)).toEqual(['hub.role.delete']);
  });
});
