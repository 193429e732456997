import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type ApiDocuments, renderDocument } from './documents.js';
import { INIT_JS, PAGE_CSS, pageHtml } from './page-files.js';
import { DOCUMENT_NAMES } from './texts.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route asks for no credential, and has no declared access that says so. */
    open?: boolean;
  }
}

const ROOT = '/public-api';
const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

const LIBRARY_FILES: Readonly<Record<string, string>> = {
  'favicon-32x32.png': 'image/png',
  'swagger-ui-bundle.js': SCRIPT,
  'swagger-ui-standalone-preset.js': SCRIPT,
  'swagger-ui.css': STYLE,
};

/** Nothing from elsewhere, nothing inline, in no frame. Swagger UI's style sheet has its images in data URLs. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

interface PageFile {
  readonly type: string;
  readonly load: () => Buffer | string | Promise<Buffer | string>;
}

interface LoadedFile {
  readonly body: Buffer;
  readonly etag: string;
}

/** Everything that is served for the page, by path. Static and public: outside the guards, unlike every other route. */
const FILES: Readonly<Record<string, (documents: () => ApiDocuments) => PageFile>> = {
  [ROOT]: () => ({ type: HTML, load: () => pageHtml('public-api/') }),
  [`${ROOT}/`]: () => ({ type: HTML, load: () => pageHtml('') }),
  [`${ROOT}/index.html`]: () => ({ type: HTML, load: () => pageHtml('') }),
  [`${ROOT}/init.js`]: () => ({ type: SCRIPT, load: () => INIT_JS }),
  [`${ROOT}/page.css`]: () => ({ type: STYLE, load: () => PAGE_CSS }),
  ...Object.fromEntries(
    Object.entries(LIBRARY_FILES).map(([name, type]) => [
      `${ROOT}/${name}`,
      () => ({ type, load: () => libraryFile(name) }),
    ]),
  ),
  ...Object.fromEntries(
    DOCUMENT_NAMES.map((name) => [
      `${ROOT}/openapi/${name}.json`,
      (documents: () => ApiDocuments) => ({
        type: 'application/json; charset=utf-8',
        load: () => renderDocument(documents()[name]),
      }),
    ]),
  ),
};

/** The paths that are served without a controller, for whoever checks that every route says who may use it. */
export const OPENAPI_PATHS: readonly string[] = Object.keys(FILES);

/** Serves the page, its assets and the documents. Nothing is built or read before somebody asks for it. */
export function addOpenApiPage(fastify: FastifyInstance, build: () => ApiDocuments): void {
  const documents = once(build);
  for (const [url, fileOf] of Object.entries(FILES)) {
    const { type, load } = fileOf(documents);
    const file = onceLoaded(async () => loaded(await load()));
    fastify.route({
      method: ['GET', 'HEAD'],
      url,
      config: { open: true },
      handler: async (request, reply) => answer(request, reply, type, await file()),
    });
  }
}

/** `no-cache` means: ask every time, and get 304. An upgrade is seen at once, and costs nothing otherwise. */
function answer(request: FastifyRequest, reply: FastifyReply, type: string, { body, etag }: LoadedFile): FastifyReply {
  reply.headers({ ...HEADERS, 'cache-control': 'no-cache', etag });
  const known = request.headers['if-none-match'];
  if (known !== undefined && (known.trim() === '*' || known.includes(etag))) {
    return reply.code(304).send();
  }
  return reply.header('content-type', type).send(body);
}

function loaded(content: Buffer | string): LoadedFile {
  const body = Buffer.from(content);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

function libraryFile(name: string): Promise<Buffer> {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return readFile(join(folder, name));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A failure is not remembered. */
function onceLoaded(load: () => Promise<LoadedFile>): () => Promise<LoadedFile> {
  let loading: Promise<LoadedFile> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
