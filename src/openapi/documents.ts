import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeOperation } from './describe-operation.js';
import { operationIdOf } from './operation-ids.js';
import { schemasUsedBy } from './schemas.js';
import { DOCUMENT_TEXTS, type DocumentName, TAG_ORDER } from './texts.js';
import { type ApiDocument, type ApiOperation, type ApiPaths, type JsonSchema, type RawOperation } from './types.js';

export type ApiDocuments = Readonly<Record<DocumentName, ApiDocument>>;

/** The parts of the library's document that matter here. */
export interface LibraryDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** 3.0: what the most generators of clients read. */
const OPENAPI_VERSION = '3.0.3';
/** Relative to where a document is served (`<anything>/public-api/openapi/<name>.json`): right under every sub-path. */
const SERVER = { url: '../..', description: 'This server' };
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const BEARER_TEXTS = {
  management: 'An API key (`hgk_…`), whole, or the session of a person (`hgs_…`), from signing in.',
  public: 'An access token, from the exchange.',
  account: 'An API key (`hgk_…`), whole.',
};

/** The published documents, from the routes of a running application. */
export function buildDocuments(app: INestApplication): ApiDocuments {
  const { paths, components } = SwaggerModule.createDocument(app, new DocumentBuilder().build(), {
    operationIdFactory: operationIdOf,
  });
  return documentsFrom({
    paths: paths as unknown as LibraryDocument['paths'],
    schemas: (components?.schemas ?? {}) as unknown as LibraryDocument['schemas'],
  });
}

export function documentsFrom(library: LibraryDocument): ApiDocuments {
  return {
    management: documentFrom(library, 'management'),
    'public-v1': documentFrom(library, 'public-v1'),
    'public-v2': documentFrom(library, 'public-v2'),
    account: documentFrom(library, 'account'),
  };
}

/** The text of a document as it is committed and served. */
export function renderDocument(document: ApiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function documentFrom(library: LibraryDocument, name: DocumentName): ApiDocument {
  const { title, version, intro, pathPrefix } = DOCUMENT_TEXTS[name];
  const paths = pathsFrom(library, pathPrefix);
  return {
    openapi: OPENAPI_VERSION,
    info: { title, version, description: intro },
    servers: [SERVER],
    tags: tagsOf(paths),
    paths,
    components: { schemas: schemasUsedBy(paths, library.schemas), securitySchemes: securitySchemes(name) },
  };
}

function pathsFrom(library: LibraryDocument, prefix: string): ApiPaths {
  const own = Object.keys(library.paths).filter((path) => path.startsWith(prefix));
  return Object.fromEntries(own.sort().map((path) => [path, operationsFrom(path, library.paths[path] ?? {})]));
}

function operationsFrom(path: string, raw: Readonly<Record<string, RawOperation>>): Record<string, ApiOperation> {
  const there = METHODS.flatMap((method) => (raw[method] ? [{ method, operation: raw[method] }] : []));
  return Object.fromEntries(there.map(({ method, operation }) => [method, describeOperation(path, method, operation)]));
}

function tagsOf(paths: ApiPaths): { name: string }[] {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  const used = [...new Set(operations.flatMap(({ tags }) => tags ?? []))].sort();
  const ordered = [...TAG_ORDER.filter((tag) => used.includes(tag)), ...used.filter((tag) => !TAG_ORDER.includes(tag))];
  return ordered.map((name) => ({ name }));
}

function securitySchemes(name: DocumentName): Record<string, JsonSchema> {
  if (name === 'management') {
    return {
      bearerAuth: { type: 'http', scheme: 'bearer', description: BEARER_TEXTS.management },
      hubAuth: {
        type: 'apiKey',
        in: 'header',
        name: 'X-Hub-Id',
        description: 'The id of the hub. Optional: a key knows its hub, and so does a person who is in one hub only.',
      },
    };
  }
  if (name === 'account') {
    return { bearerAuth: { type: 'http', scheme: 'bearer', description: BEARER_TEXTS.account } };
  }
  return {
    apiKey: {
      type: 'apiKey',
      in: 'header',
      name: 'apiKey',
      description: 'An API key (`hgk_…`), for the exchange only.',
    },
    bearerAuth: { type: 'http', scheme: 'bearer', description: BEARER_TEXTS.public },
  };
}
