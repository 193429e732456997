import { describe, expect, it } from 'vitest';
import { Config, InvalidEnvironmentError, loadConfig, readEnvironment } from '../../src/config/index.js';

const SECRET = 's'.repeat(40);

function problemsOf(variables: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(variables);
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('has a default for everything', () => {
    const { host, port, databaseUrl, basePath, publicUrl, accessTokenTtlSeconds, logLevel, embedded, trustedProxies } =
      new Config(readEnvironment({}));

    expect({ host, port, basePath, publicUrl, accessTokenTtlSeconds, logLevel, embedded }).toEqual({
      host: '127.0.0.1',
      port: 20688,
      basePath: '',
      publicUrl: undefined,
      accessTokenTtlSeconds: 900,
      logLevel: 'info',
      embedded: true,
    });
    expect(databaseUrl).toMatch(/^sqlite:.*data.hubgate\.db$/);
    expect(trustedProxies.entries).toEqual(['127.0.0.1', '::1']);
  });

  it('is refused with everything that is wrong, one line per variable', () => {
    const wrong = {
      PORT: '99999',
      DATABASE_URL: 'mysql://nowhere',
      TRUSTED_PROXIES: '10.0.0.0/8, proxy.local, 300.1.1.1',
      BASE_PATH: 'hubapi',
      PUBLIC_URL: 'hub.example.com',
      ACCESS_TOKEN_TTL_SECONDS: '5',
      LOG_LEVEL: 'loud',
    };

    const problems = problemsOf(wrong);

    const names = problems.map((problem) => problem.split(/[: ]/, 1)[0]);
    expect(names.toSorted()).toEqual([...Object.keys(wrong), 'TRUSTED_PROXIES', 'HUBGATE_SECRET'].toSorted());
  });

  it.each([
    ['PORT', 'abc'],
    ['PORT', '-1'],
    ['PORT', '1.5'],
    ['PORT', '0x10'],
    ['DATABASE_URL', 'postgres://a@b/c'],
    ['DATABASE_URL', 'sqlite:'],
    ['BASE_PATH', '/a b'],
    ['BASE_PATH', '//x'],
    ['PUBLIC_URL', 'ftp://x'],
    ['PUBLIC_URL', 'https://user:password@hub.example.com'],
    ['PUBLIC_URL', 'https://hub.example.com/?a=b'],
    ['ACCESS_TOKEN_TTL_SECONDS', '3601'],
    ['SESSION_TTL_SECONDS', '299'],
    ['SESSION_TTL_SECONDS', '2592001'],
    ['SQL_TIMEOUT_MILLISECONDS', '99'],
    ['SQL_TIMEOUT_MILLISECONDS', '60001'],
    ['MAIL_FROM', 'nobody'],
    ['MAIL_FROM', 'A <a@example.com>, b@example.com'],
  ])('refuses %s=%s in one line that names it', (name, value) => {
    const problems = problemsOf({ HUBGATE_SECRET: SECRET, [name]: value });

    expect(problems).toEqual([expect.stringContaining(name)]);
  });

  it('repeats neither the secret nor the password of the database', () => {
    const text = problemsOf({ HUBGATE_SECRET: 'short-one', DATABASE_URL: 'mysql:/me:hush@host/x', PORT: 'x' }).join(
      '\n',
    );

    expect(text).not.toMatch(/short-one|hush/);
  });

  it('takes an empty or blank variable for absent, and trims', () => {
    const { port, host, databaseUrl } = new Config(
      readEnvironment({ PORT: '', HOST: '  ', DATABASE_URL: ' mysql://u@127.0.0.1/x ' }),
    );

    expect({ port, host, databaseUrl }).toEqual({
      port: 20688,
      host: '127.0.0.1',
      databaseUrl: 'mysql://u@127.0.0.1/x',
    });
  });
});

describe('the settings of mail', () => {
  const from = { MAIL_FROM: 'hub@example.com' };
  const mailOf = (variables: NodeJS.ProcessEnv) => new Config(readEnvironment(variables)).mail;

  it('are files in the data folder unless a server is named', () => {
    expect(mailOf({ HUBGATE_DATA_DIR: '/srv/hub' })).toEqual({
      server: null,
      folder: expect.stringMatching(/srv.hub.outbox$/),
      from: { name: 'Hubgate', address: 'hubgate@localhost' },
    });
  });

  it.each([
    ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, secure: false }],
    ['smtps://mail.example.com/', { host: 'mail.example.com', port: 465, secure: true }],
    ['smtp://[::1]:25', { host: '::1', port: 25, secure: false }],
    ['smtp://me%40x:p%3A%2F@h:2525', { host: 'h', port: 2525, secure: false, auth: { user: 'me@x', pass: 'p:/' } }],
  ])('read %s', (url, server) => {
    expect(mailOf({ ...from, MAIL_URL: url }).server).toEqual(server);
  });

  it('name the sender with or without a name', () => {
    expect(mailOf(from).from).toEqual({ name: '', address: 'hub@example.com' });
    expect(mailOf({ MAIL_FROM: 'Plant Nord <hub@example.com>' }).from).toEqual({
      name: 'Plant Nord',
      address: 'hub@example.com',
    });
  });

  it.each(['http://h', 'smtp://', 'smtp://u:hush@h/path', 'smtp://u:hush@h?x=1', 'hush', 'smtp://u:%zz-hush@h'])(
    'refuse %s and do not repeat it',
    (url) => {
      expect(problemsOf({ HUBGATE_SECRET: SECRET, ...from, MAIL_URL: url })).toEqual([
        'MAIL_URL must be smtp://user:password@host:587 or smtps://user:password@host:465',
      ]);
    },
  );

  it('ask for a sender that the mail server knows', () => {
    const problems = problemsOf({ HUBGATE_SECRET: SECRET, MAIL_URL: 'smtp://h' });
    expect(problems).toEqual([expect.stringContaining('MAIL_FROM is required')]);
  });
});

describe('the address that is printed', () => {
  it.each([
    [{}, 'http://127.0.0.1:8080'],
    [{ HOST: '0.0.0.0' }, 'http://127.0.0.1:8080'],
    [{ HOST: '::' }, 'http://[::1]:8080'],
    [{ HOST: '2001:db8::1', BASE_PATH: '/hub/' }, 'http://[2001:db8::1]:8080/hub'],
    [{ PUBLIC_URL: 'https://hub.example.com/' }, 'https://hub.example.com'],
    [{ PUBLIC_URL: 'https://hub.example.com', BASE_PATH: '/hubapi' }, 'https://hub.example.com/hubapi'],
    [{ PUBLIC_URL: 'https://x.example.com/outer/hubapi/', BASE_PATH: '/hubapi' }, 'https://x.example.com/outer/hubapi'],
    [{ PUBLIC_URL: 'http://hub:81' }, 'http://hub:81'],
  ])('%j: %s', (variables, address) => {
    expect(new Config(readEnvironment(variables)).addressOf(8080)).toBe(address);
  });
});
