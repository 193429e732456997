import { beforeAll, expect, it } from 'vitest';
import fc from 'fast-check';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { dataOf, keyPath, storedOf, WHOAMI } from '../support/management.js';
import { hold, holdWatch, poll } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

beforeAll(async () => {
  await hold(test.app);
  await holdWatch(test.app);
});

/** What somebody does: with the secret number `by` of all that were ever made, to the key number `key`. */
interface Act {
  readonly what: 'rotate' | 'end' | 'disable' | 'enable' | 'delete';
  readonly by: number;
  readonly key: number;
  readonly which: number;
  readonly overlap: number;
}
/** Acts at once, and then time passes. */
interface Step {
  readonly acts: readonly Act[];
  readonly seconds: number;
}

const act: fc.Arbitrary<Act> = fc.record({
  what: fc.constantFrom('rotate', 'rotate', 'rotate', 'end', 'end', 'disable', 'enable', 'enable', 'delete'),
  by: fc.nat(5),
  key: fc.nat(2),
  which: fc.nat(2),
  overlap: fc.constantFrom(0, 60, 3600),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ acts: fc.array(act, { minLength: 1, maxLength: 3 }), seconds: fc.constantFrom(0, 0, 59, 60, 3600) }),
  { minLength: 5, maxLength: 10 },
);

interface StoredSecret {
  readonly id: string;
  readonly live: boolean;
  readonly lasting: boolean;
}
interface StoredKey {
  readonly id: string;
  readonly state: string;
  readonly secrets: readonly StoredSecret[];
}
interface Snapshot {
  readonly keys: readonly StoredKey[];
  readonly activity: number;
  readonly changes: number;
}

/** A hub with two root keys and one that may manage keys below it, and all secrets that were ever seen. */
class World {
  readonly texts: { readonly keyId: string; readonly secretId: string; readonly text: string }[] = [];
  private keyIds: readonly string[] = [];

  private constructor(private readonly hub: TestHub) {}

  static async make(): Promise<World> {
    const world = new World(await test.app.create.hub());
    const { hub, texts } = world;
    const roles = [hub.roles['owner'], hub.roles['owner'], hub.roles['admin']];
    const made = [];
    for (const roleId of roles) {
      made.push(await test.app.create.key({ hub, roleId }));
    }
    world.keyIds = made.map(({ id }) => id);
    const { api_secret } = await storedOf(test.app, hub);
    for (const { id, secret } of made) {
      const row = api_secret.find(({ key_id }) => key_id === id);
      texts.push({ keyId: id, secretId: String(row?.['id']), text: secret });
    }
    return world;
  }

  async snapshot(): Promise<Snapshot> {
    const { api_key, api_secret, activity, access_change } = await storedOf(test.app, this.hub);
    const now = test.app.clock.now();
    const secrets = api_secret.map(({ id, key_id, ends_at }) => ({
      id: String(id),
      keyId: key_id,
      live: ends_at === null || Number(ends_at) > now,
      lasting: ends_at === null,
    }));
    const keys = api_key.map(({ id, state }) => ({
      id: String(id),
      state: String(state),
      secrets: secrets.filter(({ keyId }) => keyId === id),
    }));
    return { keys, activity: activity.length, changes: access_change.length };
  }

  /** How many changes were answered as made; ends of what has ended already are not told apart. */
  async perform(acts: readonly Act[], { keys }: Snapshot): Promise<{ certain: number; ends: number; failed: number }> {
    const answers = await Promise.all(acts.map(async (one) => ({ one, answer: await this.send(one, keys) })));
    for (const { one, answer } of answers.filter(
      ({ one: { what }, answer: { status } }) => what === 'rotate' && status === 201,
    )) {
      const { id, secret } = dataOf<{ id: string; secret: string }>(answer);
      this.texts.push({ keyId: this.keyIds[one.key], secretId: id, text: secret });
    }
    const failed = answers.filter(({ answer: { status } }) => status >= 500).length;
    const good = answers.filter(({ answer: { status } }) => status < 300);
    const ends = good.filter(({ one }) => one.what === 'end').length;
    return { certain: good.length - ends, ends, failed };
  }

  private send({ what, by, key, which, overlap }: Act, keys: readonly StoredKey[]) {
    const caller: Client = test.app.as(this.texts[(this.texts.length - 1 - by + 6) % this.texts.length].text);
    const id = this.keyIds[key];
    const path = keyPath({ id });
    switch (what) {
      case 'rotate':
        return caller.post(`${path}/rotate`, { overlap_seconds: overlap });
      case 'end': {
        const secrets = keys.find((one) => one.id === id)?.secrets ?? [];
        return caller.delete(`${path}/secrets/${secrets[Math.max(0, secrets.length - 1 - which)]?.id}`);
      }
      case 'delete':
        return caller.delete(path);
      case 'disable':
        return caller.patch(path, { state: 'inactive' });
      case 'enable':
        return caller.patch(path, { state: 'live' });
    }
  }

  /** Whose answer is not what it should be: 200 for each secret that lives, of a key that lives. */
  async wrongAtDoor({ keys }: Snapshot): Promise<string[]> {
    const statuses = await Promise.all(
      this.texts.map(async ({ text }) => (await test.app.as(text).get(WHOAMI)).status),
    );
    const due = this.texts.map(({ keyId, secretId }) => {
      const key = keys.find(({ id }) => id === keyId);
      return key?.state === 'live' && key.secrets.some(({ id, live }) => live && id === secretId) ? 200 : 401;
    });
    return this.texts.filter((_, index) => statuses[index] !== due[index]).map(({ secretId }) => secretId);
  }

  waysIn({ keys }: Snapshot): number {
    const roots = keys.filter(({ id }) => this.keyIds.indexOf(id) < 2);
    return roots.filter(({ state, secrets }) => state === 'live' && secrets.some(({ lasting }) => lasting)).length;
  }
}

const liveOf = ({ secrets }: StoredKey): number => secrets.filter(({ live }) => live).length;

function assertSecrets(before: Snapshot, after: Snapshot): void {
  after.keys.forEach((key, index) => {
    expect(liveOf(key)).toBeLessThanOrEqual(2);
    expect(key.secrets.filter(({ lasting }) => lasting).length).toBeLessThanOrEqual(1);
    // Only time takes the last one.
    expect(liveOf(key)).toBeGreaterThanOrEqual(Math.min(1, liveOf(before.keys[index])));
  });
}

it('whatever is rotated, ended, switched and deleted by whomever: the rules of secrets hold', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const world = await World.make();
      for (const { acts, seconds } of sequence) {
        const before = await world.snapshot();
        const { certain, ends, failed } = await world.perform(acts, before);
        expect(failed).toBe(0);
        const after = await world.snapshot();
        assertSecrets(before, after);
        // Each change has its row in the activity and its number in the feed.
        const rows = after.activity - before.activity;
        expect(rows).toBeGreaterThanOrEqual(certain);
        expect(rows).toBeLessThanOrEqual(certain + ends);
        expect(after.changes - before.changes).toBe(rows);
        expect(world.waysIn(after)).toBeGreaterThanOrEqual(1);
        expect(await world.wrongAtDoor(after)).toEqual([]);
        test.app.clock.advance(seconds * 1000);
        await poll(test.app);
        const later = await world.snapshot();
        expect(world.waysIn(later)).toBeGreaterThanOrEqual(1);
        expect(await world.wrongAtDoor(later)).toEqual([]);
      }
      const feed = await test.app.database.query<{ seq: number }>('SELECT seq FROM access_change ORDER BY seq');
      expect(feed.map(({ seq }) => Number(seq))).toEqual(feed.map((_, index) => Number(feed[0].seq) + index));
    }),
    { numRuns: 12 },
  );
}, 120_000);
