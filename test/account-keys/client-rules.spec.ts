import { describe, expect, it } from 'vitest';
import { ownedHub } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

// What the contract's clients go by (reference, §1): any status of 400 and above is an error, a 404 means that the thing
// is gone, a 409 that it is there already. They send the type with every request and read the body only where there is one.

const test = useTestApp();

class ClientError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function connected(): Promise<(method: string, path: string, body?: object) => Promise<unknown>> {
  const { hub } = await ownedHub(test.app);
  const { secret } = await test.app.create.ownerKey(hub);
  const base = await test.app.nest.getUrl();
  return async (method, path, body) => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${secret}`,
        'Content-Type': 'application/json',
        Accept: 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (answer.status >= 400) {
      throw new ClientError(answer.status, (JSON.parse(text) as { error: string }).error);
    }
    return text === '' ? answer.status : { status: answer.status, body: JSON.parse(text) as unknown };
  };
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'it worked',
    (error: unknown) => (error as ClientError).status,
  );

describe('a client of the account contract', () => {
  it('makes a key, meets it again under its name, ends it, and takes the 404 for gone', async () => {
    const call = await connected();
    const name = 'CI/CD Pipeline Key (nightly) 100% ¿ñ?';
    const path = `/api_keys/${encodeURIComponent(name)}`;

    const made = (await call('POST', '/api_keys', { name })) as { status: number; body: { name: string } };
    expect([made.status, made.body.name]).toEqual([201, name]);
    expect(await call('GET', path)).toMatchObject({ status: 200, body: { name } });
    expect(await failure(call('POST', '/api_keys', { name }))).toBe(409);
    expect(await call('DELETE', path)).toBe(204);
    expect(await failure(call('GET', path))).toBe(404);
    expect(await failure(call('DELETE', path))).toBe(404);
    expect(await call('POST', '/api_keys', { name })).toMatchObject({ status: 201 });
  });

  it('reads a list that is an array and nothing around it', async () => {
    const call = await connected();
    await call('POST', '/api_keys', { name: 'one' });
    const { body } = (await call('GET', '/api_keys')) as { body: unknown };
    expect(Array.isArray(body)).toBe(true);
  });

  it('is told in words what was wrong', async () => {
    const call = await connected();
    await expect(call('POST', '/api_keys', { name: '' })).rejects.toThrow('1 to 200 characters');
  });
});
