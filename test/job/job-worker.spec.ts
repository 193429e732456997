import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Principal, platformPrincipal } from '../../src/access/index.js';
import { AppError, UnavailableError } from '../../src/common/errors/index.js';
import { newId } from '../../src/common/ids.js';
import { withLock } from '../../src/database/index.js';
import { type JobFacts, JobHandlers, JobService, JobWorker } from '../../src/modules/job/index.js';
import { type TestHub } from '../support/factory.js';
import { dataOf, type Json } from '../support/management.js';
import { type TestApp, useTestApp } from '../support/test-app.js';

const test = useTestApp();

const ACTION = 'test.count';
const ZERO = '0001-01-01T00:00:00Z';

/** What the handler was asked to do, and by which node. */
let parts: { readonly node: string; readonly job: JobFacts }[] = [];
let answer: (part: number) => Promise<'more' | 'done'> | 'more' | 'done';

function handleOn(app: TestApp, node: string): void {
  app.nest.get(JobHandlers).register(ACTION, {
    work: async (job) => {
      parts.push({ node, job });
      return answer(parts.length);
    },
  });
}

beforeAll(() => handleOn(test.app, 'first'));
beforeEach(async () => {
  answer = () => 'done';
  await test.app.nest.get(JobWorker).work();
  parts = [];
});

async function queued(hub: TestHub, action = ACTION): Promise<string> {
  const actor: Principal = platformPrincipal(hub.id);
  const now = test.app.clock.now();
  const job = await test.app.database.transaction((tx) =>
    test.app.nest.get(JobService).queue({ tx, actor, now }, action, { type: 'hub', id: hub.id }),
  );
  return job.id;
}

async function hubWithJob(): Promise<{ hub: TestHub; id: string; told: () => Promise<Json> }> {
  const hub = await test.app.create.hub();
  const id = await queued(hub);
  const viewer = await test.app.create.caller({ hub, capabilities: ['apionly-jobs-view'] });
  return { hub, id, told: async () => dataOf(await viewer.get(`/v1/jobs/${id}`).expect(200)) };
}

const work = (app = test.app): Promise<void> => app.nest.get(JobWorker).work();

describe('a queued job', () => {
  it('waits, and says so: nothing has begun', async () => {
    const { told } = await hubWithJob();

    expect(await told()).toMatchObject({
      events: { started: ZERO, completed: ZERO },
      state: { current: 'queued', error: null },
      tasks: [{ state: { current: 'pending' }, steps: [{ started: ZERO, completed: ZERO }] }],
    });
    expect(parts).toEqual([]);
  });

  it('is done part by part, told what it is about, and reads running in between', async () => {
    const { hub, id, told } = await hubWithJob();
    const between: Json[] = [];
    answer = async (part) => {
      between.push(await told());
      return part < 3 ? 'more' : 'done';
    };

    await work();

    expect(parts.map(({ job }) => [job.id, job.hubId, job.componentId])).toEqual(Array(3).fill([id, hub.id, hub.id]));
    expect(between).toHaveLength(3);
    for (const state of between) {
      expect(state).toMatchObject({ events: { completed: ZERO }, state: { current: 'running' } });
    }
    expect(await told()).toMatchObject({ state: { current: 'completed', error: null } });
    expect(((await told()).events as Json).completed).not.toBe(ZERO);
  });

  it('is never done again', async () => {
    const { told } = await hubWithJob();
    await work();
    const before = await told();

    await work();

    expect(parts).toHaveLength(1);
    expect(await told()).toEqual(before);
  });

  it('is not there when its transaction fails', async () => {
    const hub = await test.app.create.hub();
    const actor = platformPrincipal(hub.id);
    const failing = test.app.database.transaction(async (tx) => {
      await test.app.nest.get(JobService).queue({ tx, actor, now: 1 }, ACTION, { type: 'hub', id: hub.id });
      throw new Error('changed our mind');
    });

    await expect(failing).rejects.toThrow('changed our mind');
    await work();

    expect(parts).toEqual([]);
  });

  it('waits while no handler is known for it, and holds up nobody', async () => {
    const unknown = await test.app.create.hub().then((hub) => queued(hub, 'of.a.later.version'));
    const { id } = await hubWithJob();

    await work();

    expect(parts.map(({ job }) => job.id)).toEqual([id]);
    const [row] = await test.app.database.query<Json>('SELECT state FROM job WHERE id = ?', [unknown]);
    expect(row.state).toBe('queued');
  });

  it('comes when those of its hub that were queued before it have ended', async () => {
    const { hub, id } = await hubWithJob();
    const ids = [id, await queued(hub), await queued(hub)];
    answer = (part) => (part % 2 === 1 ? 'more' : 'done');

    await work();

    expect(parts.map(({ job }) => job.id)).toEqual(ids.flatMap((one) => [one, one]));
  });
});

describe('the jobs of several hubs', () => {
  it('go on side by side, a part each: nobody waits for all that another hub has queued', async () => {
    const busy = await hubWithJob();
    const second = await queued(busy.hub);
    const others = [await hubWithJob(), await hubWithJob()];
    const left = new Map([busy.id, second, ...others.map(({ id }) => id)].map((id) => [id, 3]));
    answer = () => {
      const { id } = parts[parts.length - 1].job;
      left.set(id, (left.get(id) ?? 0) - 1);
      return left.get(id) === 0 ? 'done' : 'more';
    };

    await work();

    const hubs = parts.map(({ job }) => job.hubId);
    const all = new Set([busy.hub.id, ...others.map(({ hub }) => hub.id)]);
    for (let round = 0; round < 3; round += 1) {
      expect(new Set(hubs.slice(3 * round, 3 * round + 3))).toEqual(all);
    }
    expect(parts.slice(9).map(({ job }) => job.id)).toEqual([second, second, second]);
    for (const { told } of [busy, ...others]) {
      expect(await told()).toMatchObject({ state: { current: 'completed' } });
    }
  });

  it('are not held up by a hub whose part the database cannot do now', async () => {
    const [first, second] = [await hubWithJob(), await hubWithJob()];
    answer = () => {
      if (parts[parts.length - 1].job.hubId === first.hub.id) {
        throw new UnavailableError('The database is busy with other work.');
      }
      return parts.length < 4 ? 'more' : 'done';
    };

    await work();

    expect(await second.told()).toMatchObject({ state: { current: 'completed' } });
    expect(await first.told()).toMatchObject({ state: { current: 'running', error: null } });
    expect(parts.filter(({ job }) => job.id === first.id)).toHaveLength(1);
    answer = () => 'done';
    await work();
    expect(await first.told()).toMatchObject({ state: { current: 'completed' } });
  });

  it('go on at another node, each from where it was', async () => {
    const jobs = [await hubWithJob(), await hubWithJob()];
    let stopped: Promise<void> | undefined;
    answer = (part) => {
      if (part === 2) {
        stopped = test.app.nest.get(JobWorker).onApplicationShutdown();
      }
      return part < 3 ? 'more' : 'done';
    };
    await work();
    await stopped;
    expect(new Set(parts.map(({ job }) => job.id))).toEqual(new Set(jobs.map(({ id }) => id)));

    const second = await test.app.secondNode();
    try {
      handleOn(second, 'second');
      await work(second);
    } finally {
      await second.stop();
    }

    expect(parts.slice(2).map(({ node }) => node)).toEqual(['second', 'second']);
    for (const { told } of jobs) {
      expect(await told()).toMatchObject({ state: { current: 'completed' } });
    }
  });

  it('cost three statements a part at most, and none that reads what others have queued', async () => {
    const { hub } = await hubWithJob();
    for (let count = 0; count < 20; count += 1) {
      await queued(hub);
    }
    const counts: number[] = [];
    answer = (part) => {
      counts.push(test.app.database.statementCount);
      return part < 5 ? 'more' : 'done';
    };

    await work();

    const between = counts.slice(1, 5).map((count, index) => count - counts[index]);
    expect(Math.max(...between)).toBeLessThanOrEqual(3);
  });
});

describe('a job that fails', () => {
  it('ends with the text of a refusal, and the next one goes on', async () => {
    const { told } = await hubWithJob();
    const next = await hubWithJob();
    answer = (part) => {
      if (part === 1) {
        throw new AppError(409, '409.in-use', 'In use', { detail: 'A key still holds it.', log: { inner: 'x' } });
      }
      return 'done';
    };

    await work();

    const error = { message: 'A key still holds it.' };
    expect(await told()).toMatchObject({
      state: { current: 'error', error },
      tasks: [{ state: { current: 'error' }, error }],
    });
    expect(await next.told()).toMatchObject({ state: { current: 'completed' } });
  });

  it('tells nothing from inside the server', async () => {
    const { id, told } = await hubWithJob();
    answer = () => {
      throw new Error("ER_DUP_ENTRY: '/srv/hub.db' hgk_secret");
    };

    await work();

    const { state } = await told();
    expect(state).toMatchObject({ current: 'error', error: { message: expect.stringContaining('unexpected error') } });
    expect(JSON.stringify(await told())).not.toMatch(/ER_DUP|hub\.db|hgk_/);
    await work();
    expect(parts.filter(({ job }) => job.id === id)).toHaveLength(1);
  });

  it('has not failed when the database could not do it now: it goes on later', async () => {
    const { told } = await hubWithJob();
    answer = (part) => {
      if (part === 1) {
        throw new UnavailableError('The database is busy with other work.');
      }
      return 'done';
    };

    await work();
    expect(await told()).toMatchObject({ state: { current: 'running', error: null } });
    await work();

    expect(await told()).toMatchObject({ state: { current: 'completed', error: null } });
  });
});

describe('several nodes', () => {
  it('leave a job to the one that works on it', async () => {
    const { id } = await hubWithJob();

    await withLock(test.app.database, 'jobs', () => work());
    expect(parts).toEqual([]);
    await work();

    expect(parts.map(({ job }) => job.id)).toEqual([id]);
  });

  it('go on with what a node that died left running, from where it was, keeping its beginning', async () => {
    const { id, told } = await hubWithJob();
    // As a process leaves it that dies between two parts: begun, not ended, and nobody holds the lock.
    await test.app.database.transaction((tx) =>
      tx.query("UPDATE job SET state = 'running', started_at = 5 WHERE id = ?", [id]),
    );
    const second = await test.app.secondNode();
    try {
      handleOn(second, 'second');
      await work(second);
    } finally {
      await second.stop();
    }

    expect(parts.map(({ node, job }) => [node, job.id])).toEqual([['second', id]]);
    expect(await told()).toMatchObject({
      state: { current: 'completed' },
      events: { started: new Date(5).toISOString() },
    });
  });

  it('stop between two parts, and go on after the next start', async () => {
    const { told } = await hubWithJob();
    let stopped: Promise<void> | undefined;
    answer = (part) => {
      if (part === 1) {
        stopped = test.app.nest.get(JobWorker).onApplicationShutdown();
      }
      return part < 3 ? 'more' : 'done';
    };

    await work();
    await stopped;
    expect(parts).toHaveLength(1);
    expect(await told()).toMatchObject({ state: { current: 'running' } });
    await work();

    expect(parts).toHaveLength(3);
    expect(await told()).toMatchObject({ state: { current: 'completed' } });
  });

  it('work by themselves once they are up: what was queued is done without anybody asking', async () => {
    const done = new Promise<void>((resolve) => {
      answer = () => {
        resolve();
        return 'done';
      };
    });
    const worker = test.app.nest.get(JobWorker);
    worker.onApplicationBootstrap();
    try {
      await hubWithJob();
      await done;
    } finally {
      await worker.onApplicationShutdown();
    }

    expect(parts).toHaveLength(1);
  });
});

describe('the handlers', () => {
  it('are one for each action', () => {
    const handlers = test.app.nest.get(JobHandlers);

    expect(() => handlers.register(ACTION, { work: () => Promise.resolve('done') })).toThrow(ACTION);
    expect(() => handlers.get(newId())).toThrow('no handler');
  });
});
