import { beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/index.js';
import { type Dump, dumpTables } from '../support/table-dump.js';
import { type Bootstrapped, useCli } from './support/cli.js';

const PASSWORD = /^(?:[2-9a-hjkmnp-z]{5}-){3}[2-9a-hjkmnp-z]{5}$/;
const test = useCli();

interface Facts {
  readonly id: string;
  readonly email: string;
  readonly verified: boolean;
}

interface WithPassword {
  readonly account: Facts;
  readonly one_time_password: string;
  readonly one_time_password_ends: string;
}

interface Owned extends Bootstrapped {
  readonly account: { readonly id: string; readonly email: string; readonly one_time_password: string | null };
}

async function rows(): Promise<Dump> {
  const database = new Database({ url: test.databaseUrl, entities: [], migrations: [] });
  await database.connect();
  try {
    return await dumpTables(database);
  } finally {
    await database.close();
  }
}

const accountRow = async (email: string) => (await rows())['account']?.find((row) => row['email'] === email);

describe('hubgate account create', () => {
  it('makes an account with a one-time password that is good for three days and stored as argon2id', async () => {
    const began = Date.now();
    const made = await test.cli.json<WithPassword>(
      'account',
      'create',
      '--email',
      ' Ada@Example.com',
      '--first',
      'Ada',
      '--last',
      'Lovelace',
    );

    expect(made.account).toMatchObject({ email: 'Ada@Example.com', first_name: 'Ada', verified: false });
    expect(made.one_time_password).toMatch(PASSWORD);
    expect(Date.parse(made.one_time_password_ends) - began).toBeGreaterThanOrEqual(72 * 3_600_000);
    expect(await accountRow('Ada@Example.com')).toMatchObject({
      email_key: 'ada@example.com',
      password_hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
      password_once: 1,
      verified_at: null,
      creator_type: 'platform',
    });
    expect(JSON.stringify(await rows())).not.toContain(made.one_time_password);
  });

  it('takes the address as proved when told so', async () => {
    const { account } = await test.cli.json<WithPassword>(
      'account',
      'create',
      '--email',
      'v@example.com',
      '--verified',
    );
    expect(account.verified).toBe(true);
  });

  it.each(['nobody', 'a@b', 'ä@example.com', 'x@exämple.com', `${'x'.repeat(250)}@example.com`, '"a b"@example.com'])(
    'refuses the address %s',
    async (email) => {
      const { code, stderr } = await test.cli.run('account', 'create', '--email', email);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('An e-mail address reads like') });
    },
  );

  it('refuses an address that has an account, in other case too, and changes nothing', async () => {
    await test.cli.json('account', 'create', '--email', 'twice@example.com');
    const before = await rows();
    const { code, stderr } = await test.cli.run('account', 'create', '--email', 'TWICE@example.com');

    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('exists') });
    expect(await rows()).toEqual(before);
  });

  it('makes one of two that are made at once', async () => {
    const tries = await Promise.all(
      ['race@example.com', 'RACE@example.com'].map((email) =>
        test.cli.spawned.run('account', 'create', '--email', email),
      ),
    );
    expect(new Set(tries.map(({ code }) => code))).toEqual(new Set([0, 1]));
  });
});

describe('hubgate account list, verify, password and reset-2fa', () => {
  beforeAll(async () => {
    await test.cli.json('account', 'create', '--email', 'bob@example.com');
  });

  it('list accounts without anything secret', async () => {
    const { stdout } = await test.cli.run('account', 'list');
    expect(stdout).toMatch(/bob@example\.com +- +no +no +never/);
    expect(stdout).not.toContain('argon2');
    const { accounts } = await test.cli.json<{ accounts: Facts[] }>('account', 'list');
    expect(accounts.some(({ email }) => email === 'bob@example.com')).toBe(true);
  });

  it('takes an address as proved', async () => {
    const { account } = await test.cli.json<{ account: Facts }>('account', 'verify', '--email', 'BOB@example.com');
    expect(account.verified).toBe(true);
    expect(await accountRow('bob@example.com')).toMatchObject({ verified_at: expect.any(Number) });
  });

  it('prints a new one-time password, which replaces the one before', async () => {
    const before = await accountRow('bob@example.com');
    const { one_time_password } = await test.cli.json<WithPassword>(
      'account',
      'password',
      '--email',
      'bob@example.com',
    );
    const after = await accountRow('bob@example.com');

    expect(one_time_password).toMatch(PASSWORD);
    expect(after?.['password_hash']).not.toBe(before?.['password_hash']);
  });

  it('says that there is no such account', async () => {
    for (const command of ['verify', 'password', 'reset-2fa']) {
      const { code, stderr } = await test.cli.run('account', command, '--email', 'nobody@example.com');
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'error: There is no account with the address "nobody@example.com".\n',
      });
    }
  });
});

describe('hubgate bootstrap --owner-email', () => {
  it('makes the account, proved, as a member with the owner role, and prints its one-time password', async () => {
    const made = await test.cli.json<Owned>('bootstrap', '--hub', 'Owned', '--owner-email', 'owner@example.com');

    expect(made.account).toMatchObject({
      email: 'owner@example.com',
      one_time_password: expect.stringMatching(PASSWORD),
    });
    const { role, membership, account, activity } = await rows();
    const owner = role?.find((row) => row['hub_id'] === made.hub.id && row['identifier'] === 'owner');
    expect(membership?.filter((row) => row['hub_id'] === made.hub.id)).toMatchObject([
      { account_id: made.account.id, member_id: made.account.id, role_id: owner?.['id'], state: 'accepted' },
    ]);
    expect(account?.find((row) => row['id'] === made.account.id)).toMatchObject({ verified_at: expect.any(Number) });
    const events = activity?.filter((row) => row['hub_id'] === made.hub.id).map((row) => row['event']);
    expect(new Set(events)).toEqual(new Set(['hub.apikey.create', 'hub.create', 'hub.membership.create']));
    expect(JSON.stringify(await rows())).not.toContain(made.account.one_time_password);
  });

  it('makes an account that exists a member, and leaves its password alone', async () => {
    const before = await accountRow('owner@example.com');
    const made = await test.cli.json<Owned>('bootstrap', '--hub', 'Second', '--owner-email', 'Owner@example.com');

    expect(made.account).toEqual({ id: before?.['id'], email: 'owner@example.com', one_time_password: null });
    expect(await accountRow('owner@example.com')).toEqual(before);
  });

  it('refuses what is no address, and makes nothing', async () => {
    const before = await rows();
    const { code } = await test.cli.run('bootstrap', '--hub', 'Third', '--owner-email', 'nobody');

    expect(code).toBe(1);
    expect(await rows()).toEqual(before);
  });

  it('prints the password once for people', async () => {
    const { stdout } = await test.cli.spawned.run(
      'bootstrap',
      '--hub',
      'Fourth',
      '--owner-email',
      'people@example.com',
    );
    expect(stdout.match(/\b(?:[2-9a-z]{5}-){3}[2-9a-z]{5}\b/g)).toHaveLength(1);
  });
});
