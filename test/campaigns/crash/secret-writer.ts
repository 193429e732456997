import { type Random } from '../support/random.js';
import { type Caller, type Json } from './caller.js';
import { type Facts, type Secret, type Thing } from './history.js';
import { type Identity, MANAGEMENT } from './world.js';

const OVERLAP_SECONDS = 86_400;

/** Switches keys off and on, gives them new secrets, and ends old ones. */
export class SecretWriter {
  constructor(
    private readonly caller: Caller,
    private readonly identity: Identity,
    private readonly random: Random,
  ) {}

  step(key: Thing): Promise<boolean> {
    const old = key.secrets.find(({ state, id }) => state === 'overlapping' && id !== null);
    if (key.facts?.['state'] === 'inactive' || this.random.chance(0.3)) {
      return this.switch(key);
    }
    if (countOf(key, 'overlapping') === 0) {
      return this.rotate(key, this.random.chance(0.5) ? 0 : OVERLAP_SECONDS);
    }
    return old ? this.endSecret(key, old) : this.switch(key);
  }

  /** Gets a token for a key that may have one, to see later that it dies with it. */
  async exchange(key: Thing): Promise<void> {
    const lasting = key.secrets.find(({ state }) => state === 'lasting');
    if (lasting && key.facts?.['state'] === 'live') {
      key.token = (await this.caller.exchange(lasting.text)) ?? key.token;
    }
  }

  private switch(key: Thing): Promise<boolean> {
    const state = key.facts?.['state'] === 'live' ? 'inactive' : 'live';
    const kv = countOf(key, 'kv') + (state === 'inactive' ? 1 : 0);
    const after = { ...key.facts, state, kv, revision: countOf(key, 'revision') + 1 };
    const path = `${MANAGEMENT}/api-keys/${key.id}`;
    return this.write(`make key ${state}`, 'PATCH', path, { state }, key, after, 'hub.apikey.update');
  }

  private rotate(key: Thing, overlap_seconds: number): Promise<boolean> {
    const ended = overlap_seconds === 0;
    const replaced = key.secrets.find(({ state }) => state === 'lasting');
    const after = {
      ...key.facts,
      secretCount: countOf(key, 'secretCount') + 1,
      [ended ? 'ended' : 'overlapping']: countOf(key, ended ? 'ended' : 'overlapping') + 1,
    };
    const learn = ({ data, meta }: Json): void => {
      const made = data as { id: string; secret: string };
      const { id } = (meta as { replaced: { id: string } }).replaced;
      key.secrets.push({ text: made.secret, id: made.id, state: 'lasting' });
      Object.assign(replaced ?? {}, { id });
    };
    const follow = (): void => void Object.assign(replaced ?? {}, { state: ended ? 'ended' : 'overlapping' });
    const path = `${MANAGEMENT}/api-keys/${key.id}/rotate`;
    const name = ended ? 'rotate key at once' : 'rotate key';
    return this.write(name, 'POST', path, { overlap_seconds }, key, after, 'hub.apikey.rotate', follow, learn);
  }

  private endSecret(key: Thing, secret: Secret): Promise<boolean> {
    const counts = { overlapping: countOf(key, 'overlapping') - 1, ended: countOf(key, 'ended') + 1 };
    const follow = (): void => void Object.assign(secret, { state: 'ended' });
    const path = `${MANAGEMENT}/api-keys/${key.id}/secrets/${secret.id}`;
    const after = { ...key.facts, ...counts };
    return this.write('end secret', 'DELETE', path, undefined, key, after, 'hub.apikey.secret.end', follow);
  }

  private write(
    name: string,
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: object | undefined,
    thing: Thing,
    after: Facts,
    event: string,
    follow?: () => void,
    learn?: (answer: Json) => void,
  ): Promise<boolean> {
    const effects = [{ thing, after, trace: { event, feed: true }, follow }];
    return this.caller.write({ name, method, path, body, credential: this.identity.secret, effects, learn });
  }
}

function countOf({ facts }: Thing, name: string): number {
  return Number(facts?.[name]);
}
