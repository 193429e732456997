import { createRequire } from 'node:module';
import fastify from 'fastify';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestFacts } from '../../src/modules/domain/filter/index.js';
import { plainPath, routedPath, splitUrl } from '../../src/modules/domain/filter/request-path.js';
import { holds, REQUEST } from './support.js';

/** How the router that Fastify uses decodes a URL before it looks for the route. */
const { safeDecodeURI } = createRequire(createRequire(import.meta.url).resolve('fastify'))(
  'find-my-way/lib/url-sanitizer.js',
) as { safeDecodeURI: (url: string) => { path: string; querystring: string } };

function readings(url: string): string[] {
  return requestFacts({ ...REQUEST, url }).map(({ path }) => path);
}

describe('A rule on a path', () => {
  it.each([
    '/private/x',
    '/%70rivate/x',
    '/%70%72%69%76%61%74%65/x',
    '/private%2e/x',
    '//private/x',
    '///private///x',
    '/./private/x',
    '/.//private/./x',
    '/x/../private/x',
    '/x/%2e%2e/private/x',
    '/x/%2E%2e/private/x',
    '/x/.%2E/y/../../private/x',
    '/../../private/x',
    '/private/y/../x',
    '/private/x?y=/public',
    '/private/x#/public',
    '/private./x',
    '/private../x',
    '/private%20/x',
    '/private. ./x',
    '/private/.',
    '/private/',
    '/\\private\\x',
    '/%5Cprivate%5cx',
    '/x\\..\\private/x',
    '/public/..%5cprivate/x',
  ])('is not dodged by %s', (url) => {
    expect(holds('http.request.uri.path matches "^/private/"', { url })).toBe(true);
    expect(holds('starts_with(http.request.uri.path, "/private/")', { url })).toBe(true);
  });

  it.each([
    '/public/private/',
    '/privatex/',
    '/PRIVATE/',
    '/%2570rivate/',
    '/private%2Fx',
    '/?/private/',
    '/private',
    '/private/..',
    '/.private/',
    '/x/private/',
    '/%zz/private/',
  ])('is not about %s', (url) => {
    expect(holds('http.request.uri.path matches "^/private/"', { url })).toBe(false);
  });

  it('sees an escape that the router keeps as it is in either case', () => {
    expect(readings('/a%2fb%3f%25')).toEqual(['/a%2Fb%3F%25']);
    expect(holds('http.request.uri.path == "/a%2Fb"', { url: '/a%2fb' })).toBe(true);
  });

  it('is judged on both readings where there are two: made plain, and as the router takes it', () => {
    expect(readings('/docs/x/../../index')).toEqual(['/index', '/docs/x/../../index']);
    expect(readings('/keys/..')).toEqual(['/', '/keys/..']);
    expect(readings('//a')).toEqual(['/a', '//a']);
    expect(readings('/a')).toEqual(['/a']);
  });

  it('leaves a path raw that cannot be decoded, which the router refuses', () => {
    expect(readings('/%zz/%70')).toEqual(['/%zz/%70']);
    expect(readings('/%c0%af')).toEqual(['/%c0%af']);
    expect(readings('*')).toEqual(['*']);
  });

  it('has the query beside it as it arrived', () => {
    expect(splitUrl('/a?b=c?d#e')).toEqual({ path: '/a', query: 'b=c?d#e' });
    expect(splitUrl('/a#b?c')).toEqual({ path: '/a', query: 'b?c' });
    expect(splitUrl('/a')).toEqual({ path: '/a', query: '' });
    expect(holds('http.request.uri.args["?a"] == "1"', { url: '/??a=1' })).toBe(true);
    expect(holds('http.request.uri == "//a?b"', { url: '//a?b' })).toBe(true);
  });
});

const PIECES = String.raw`/ // . .. \ a é ? # ; : % %2 %zz %25 %2e %2F %2f %5c %70 %20 %00 %C3%A9 %c3 %F0%9F%98%80 + &`;
const MORE_PIECES = [' ', ...'= %ED%A0%80 %3F %23 %3b'.split(' ')];
const anyUrl = fc
  .array(fc.constantFrom(...PIECES.split(' '), ...MORE_PIECES), { maxLength: 12 })
  .map((parts) => `/${parts.join('')}`);

describe('The path', () => {
  const app = fastify();
  beforeAll(async () => {
    app.get('/private/*', ({ url }) => `private ${url}`);
    await app.ready();
  });
  afterAll(async () => app.close());

  it('is decoded as the router decodes it', () => {
    fc.assert(
      fc.property(anyUrl, (url) => {
        const { path, query } = splitUrl(url);
        const byRouter = routed(url);
        return byRouter === null
          ? routedPath(path) === path
          : routedPath(path) === capital(byRouter.path) && query === byRouter.querystring;
      }),
      { numRuns: 3000 },
    );
  });

  it('never lets a request reach a route that a rule on one of its readings denies', async () => {
    const urls = fc.sample(anyUrl, { numRuns: 300, seed: 6 }).map((url) => `/%70rivate${url}`);
    const reached: string[] = [];
    for (const url of [...urls, '/private/x/../../v1/keys/a']) {
      // What the injection itself does to a URL happens before the server, which tells what arrived.
      const { body } = await app.inject({ method: 'GET', url });
      reached.push(...(body.startsWith('private ') ? [body.slice('private '.length)] : []));
    }
    const dodges = reached.filter((url) => !readings(url).some((path) => path.startsWith('/private/')));
    expect(dodges).toEqual([]);
    expect(reached.length).toBeGreaterThan(100);
  });

  it('made plain is plain, and takes a time in proportion to its length', () => {
    fc.assert(
      fc.property(anyUrl, (url) => {
        const plain = plainPath(routedPath(splitUrl(url).path));
        return plain.startsWith('/') && plainPath(plain) === plain && !/\/\/|\\|\/\.\.?(?:\/|$)/.test(plain);
      }),
      { numRuns: 3000 },
    );
    for (const part of ['.', '/', '/.', '/..', '\\', ' ', '. ', '%25', '%2f', 'a/../']) {
      const url = `/${part.repeat(16_000 / part.length)}x`;
      expect(readings(url).length).toBeGreaterThan(0);
    }
  });
});

/** Null where the router refuses the URL. */
function routed(url: string): ReturnType<typeof safeDecodeURI> | null {
  try {
    return safeDecodeURI(url);
  } catch {
    return null;
  }
}

function capital(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (escape) => escape.toUpperCase());
}
