import { describe, expect, it } from 'vitest';
import { hash } from '@node-rs/argon2';
import { HashQueue } from './hash-queue.js';
import { PasswordHasher } from './password-hasher.js';

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher();

  it('makes argon2id hashes with the parameters that OWASP recommends, each with a salt of its own', async () => {
    const [one, two] = [await hasher.hash('correct horse battery'), await hasher.hash('correct horse battery')];

    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify(one, 'correct horse battery')).toBe(true);
    expect(await hasher.verify(one, 'correct horse batterx')).toBe(false);
  });

  it('takes one password for the same however it was composed', async () => {
    const stored = await hasher.hash('Caf\u00e9 du Nord ﬁn');
    expect(await hasher.verify(stored, 'Cafe\u0301 du Nord fin')).toBe(true);
  });

  it('has nothing that fits where there is nothing to compare with', async () => {
    expect(await hasher.verify(null, '')).toBe(false);
    expect(await hasher.verify(null, 'correct horse battery')).toBe(false);
  });

  it('does not hash what is too long to be a password, and does not take it for an empty one', async () => {
    const stored = await hash('');
    expect(await hasher.verify(stored, 'x'.repeat(513))).toBe(false);
  });

  it('knows hashes of other parameters', async () => {
    expect(hasher.isOutdated(await hasher.hash('correct horse battery'))).toBe(false);
    expect(hasher.isOutdated(await hash('x', { memoryCost: 8192 }))).toBe(true);
    expect(hasher.isOutdated(await hash('x', { timeCost: 3 }))).toBe(true);
  });
});

describe('HashQueue', () => {
  /** Work that ends when told. */
  function stage() {
    const queue = new HashQueue();
    const running: { name: string; end: () => void }[] = [];
    const run = (name: string, lane: 'known' | 'stranger') =>
      queue.run(lane, () => new Promise<void>((end) => running.push({ name, end })));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const endFirst = async () => {
      running.shift()?.end();
      await turn();
    };
    return { run, running, turn, endFirst, names: () => running.map(({ name }) => name) };
  }

  it('does two things at once, in the order of their coming', async () => {
    const { run, names, turn, endFirst } = stage();
    for (const name of ['a', 'b', 'c', 'd']) {
      void run(name, 'known');
    }
    await turn();
    expect(names()).toEqual(['a', 'b']);
    await endFirst();
    expect(names()).toEqual(['b', 'c']);
    await endFirst();
    expect(names()).toEqual(['c', 'd']);
  });

  it('leaves a place for those who are known, and lets them go first', async () => {
    const { run, names, turn, endFirst } = stage();
    void run('stranger 1', 'stranger');
    void run('stranger 2', 'stranger');
    await turn();
    expect(names()).toEqual(['stranger 1']);
    void run('known 1', 'known');
    void run('known 2', 'known');
    await turn();
    expect(names()).toEqual(['stranger 1', 'known 1']);
    await endFirst();
    expect(names()).toEqual(['known 1', 'known 2']);
  });

  it('refuses with 503 when 100 wait, each lane for itself', async () => {
    const { run, turn } = stage();
    for (let index = 0; index < 101; index += 1) {
      void run(String(index), 'stranger');
    }
    await turn();

    await expect(run('one more', 'stranger')).rejects.toMatchObject({
      status: 503,
      details: { headers: { 'Retry-After': '5' } },
    });
    void run('known', 'known');
  });

  it('goes on after work that failed', async () => {
    const queue = new HashQueue();
    for (let index = 0; index < 5; index += 1) {
      await expect(queue.run('stranger', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
    await expect(queue.run('stranger', () => Promise.resolve(1))).resolves.toBe(1);
  });
});
