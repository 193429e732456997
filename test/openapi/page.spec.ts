import { describe, expect, it } from 'vitest';
import { OPENAPI_PATHS } from '../../src/openapi/index.js';
import { useTestApp } from '../support/test-app.js';

const atRoot = useTestApp();
const underPath = useTestApp({ environment: { BASE_PATH: '/hubapi' } });

const SPELLINGS = ['/public-api', '/public-api/', '/public-api/index.html', '/public-api?urls.primaryName=x'];

/** What the browser sees, and what reaches the server: the same, but for a proxy that takes the sub-path off. */
interface Topology {
  readonly name: string;
  readonly mount: string;
  readonly server: typeof atRoot;
  readonly strip: boolean;
}

const TOPOLOGIES: readonly Topology[] = [
  { name: 'at the root', mount: '', server: atRoot, strip: false },
  { name: 'under a path that the proxy keeps', mount: '/hubapi', server: underPath, strip: false },
  { name: 'under a kept path in another case', mount: '/HubApi', server: underPath, strip: false },
  { name: 'under a path that the proxy strips', mount: '/hubapi', server: underPath, strip: true },
  { name: 'under a stripped path that the server does not know', mount: '/a/b', server: atRoot, strip: true },
];

const CASES = TOPOLOGIES.flatMap((topology) => SPELLINGS.map((spelling) => ({ ...topology, spelling })));
const ORIGIN = 'http://hub.test';

function open({ server, mount, strip }: Topology, url: URL) {
  expect(url.origin).toBe(ORIGIN);
  const sent = url.pathname + url.search;
  expect(sent.startsWith(`${mount}/`)).toBe(true);
  return server.app.anonymous.get(strip ? sent.slice(mount.length) : sent);
}

/** Every address that the HTML names, as a browser would resolve it. */
function linksOf(html: string, page: URL): URL[] {
  return [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, link]) => new URL(link, page));
}

describe.each(CASES)('$spelling $name', (topology) => {
  const page = new URL(ORIGIN + topology.mount + topology.spelling);

  it('is the page, without a redirect', async () => {
    const { text } = await open(topology, page).expect(200).expect('content-type', 'text/html; charset=utf-8');
    expect(text).toContain('id="swagger-ui"');
  });

  it('names only assets that are there', async () => {
    const links = linksOf((await open(topology, page)).text, page);
    expect(links.length).toBeGreaterThanOrEqual(9);
    for (const link of links) {
      await open(topology, link).expect(200);
    }
  });

  it('finds the documents, and from them the server, from where init.js came from', async () => {
    const links = linksOf((await open(topology, page)).text, page);
    const script = links.find((link) => link.pathname.endsWith('/init.js')) ?? page;
    const { text } = await open(topology, script);
    const files = [...text.matchAll(/"file":"([^"]+)"/g)].map(([, file]) => new URL(file, script));
    expect(files).toHaveLength(4);
    for (const file of files) {
      const { body } = await open(topology, file).expect(200).expect('content-type', 'application/json; charset=utf-8');
      const [{ url }] = (body as { servers: { url: string }[] }).servers;
      expect(new URL(url, file).href).toBe(`${ORIGIN}${topology.mount}/`);
    }
  });
});

describe('everything that belongs to the page', () => {
  it.each(OPENAPI_PATHS)(
    '%s answers GET and HEAD alike, asks to be validated, and keeps strangers out',
    async (path) => {
      const got = await atRoot.app.anonymous.get(path).expect(200).expect('cache-control', 'no-cache');
      expect(got.headers['x-content-type-options']).toBe('nosniff');
      expect(got.headers['x-frame-options']).toBe('DENY');
      expect(got.headers['content-security-policy']).toMatch(
        /default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/,
      );
      const head = await atRoot.app.agent().head(path).expect(200);
      expect(head.headers['content-length']).toBe(got.headers['content-length']);
      expect(head.headers['etag']).toBe(got.headers['etag']);
    },
  );

  it.each(OPENAPI_PATHS)('%s is not sent again to who has it', async (path) => {
    const { etag } = (await atRoot.app.anonymous.get(path)).headers;
    const answerTo = (known: string) => atRoot.app.anonymous.with({ 'if-none-match': known }).get(path);
    const { status, headers } = await answerTo(`"other", W/${etag}`);
    expect([status, headers['content-length']]).toEqual([304, undefined]);
    expect((await answerTo('"other"')).status).toBe(200);
  });

  it.each(OPENAPI_PATHS.filter((path) => !/swagger-ui|favicon/.test(path)))(
    '%s names no address of another host and none from the root',
    async (path) => {
      const { text } = await atRoot.app.anonymous.get(path);
      expect(text).not.toMatch(/https?:\/\/(?!hooks\.example\.com\/|10\.)\w|(?:src|href|url)="?\(?\/|url\(/);
    },
  );

  it('has a style sheet that loads nothing', async () => {
    const { text } = await atRoot.app.anonymous.get('/public-api/swagger-ui.css');
    expect(text.match(/url\((?!["']?data:)[^)]*\)|@import/g)).toBeNull();
  });

  it('has no script or style in the page itself', async () => {
    const { text } = await atRoot.app.anonymous.get('/public-api/');
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|javascript:/);
  });

  it('does not let the browser keep keys, and asks no validator', async () => {
    const { text } = await atRoot.app.anonymous.get('/public-api/init.js');
    expect(text).toContain('persistAuthorization: false');
    expect(text).toContain('validatorUrl: null');
  });
});

describe('what is not there', () => {
  it.each([
    '/public-api/nope.js',
    '/public-api/openapi/',
    '/public-api/openapi/other.json',
    '/public-api/..%2fpackage.json',
  ])('%s is a 404 of the public door', async (path) => {
    const { body } = await atRoot.app.anonymous
      .get(path)
      .expect(404)
      .expect('content-type', /^application\/problem\+json/);
    expect(body).toMatchObject({ status: 404, code: '404.uri' });
  });

  it.each(['post', 'put', 'delete'] as const)('%s of the page', async (method) => {
    const { status, type } = await atRoot.app.anonymous[method]('/public-api/');
    expect([status, type]).toEqual([404, 'application/problem+json']);
  });
});
