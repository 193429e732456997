import { afterEach } from 'vitest';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { originForm, stripBasePath } from '../../src/common/http/base-path.js';
import { doorOf } from '../../src/common/http/door.js';
import { PublishedSchemas } from './published-schemas.js';

type Check = (method: string, url: string, status: number, type: unknown, text: string) => void;

const TOLD_MAX = 10;

let schemas: PublishedSchemas | undefined;
const violations = new Set<string>();

/** To be called anew for every file: what is found fails the test during which it was answered. */
export function failOnViolations(): void {
  // What a server of the file before answered after its last test is no fault of this one.
  takeViolations();
  afterEach(() => {
    const told = takeViolations();
    if (told.length > 0) {
      const more = told.length > TOLD_MAX ? `\n… and ${told.length - TOLD_MAX} more` : '';
      const list = told.slice(0, TOLD_MAX).join('\n');
      throw new Error(
        `Answers that the published contract does not allow (what is ours on purpose: test/contract/published/errata.json):\n${list}${more}`,
      );
    }
  });
}

/** What was found since the last time, which is forgotten. */
export function takeViolations(): string[] {
  const found = [...violations];
  violations.clear();
  return found;
}

/** Checks every JSON answer of the management door from now on, whether it was asked over HTTP or by `inject`. */
export function watchContract(nest: NestFastifyApplication, basePath: string): void {
  const check: Check = (method, url, status, type, text) => {
    const path = stripBasePath(originForm(url), basePath).split(/[?#]/, 1)[0];
    const isJson = typeof type === 'string' && type.startsWith('application/json');
    if (doorOf(path) === 'management' && isJson && text !== '') {
      schemas ??= new PublishedSchemas();
      const found = schemas.violationsOf({ method, path, status, body: JSON.parse(text) as unknown });
      found.forEach((violation) => violations.add(violation));
    }
  };
  watchRequests(nest, check);
  watchInjections(nest, check);
}

function watchRequests(nest: NestFastifyApplication, check: Check): void {
  const server = nest.getHttpServer();
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
    // The whole body comes with the end; what is streamed is no document.
    response.end = (...given: unknown[]): ServerResponse => {
      const [payload] = given;
      if (typeof payload === 'string' || payload instanceof Uint8Array) {
        const { method = '', url = '' } = request;
        check(method, url, response.statusCode, response.getHeader('content-type'), Buffer.from(payload).toString());
      }
      return end(...given);
    };
  });
}

function watchInjections(nest: NestFastifyApplication, check: Check): void {
  type Inject = (options: { method?: string; url: string }) => Promise<Injected>;
  interface Injected {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  }
  // Nest passes it on to Fastify.
  const fastify = nest.getHttpAdapter().getInstance() as unknown as { inject: Inject };
  const inject = fastify.inject.bind(fastify);
  fastify.inject = async (options) => {
    const answer = await inject(options);
    check(options.method ?? 'GET', options.url, answer.statusCode, answer.headers['content-type'], answer.body);
    return answer;
  };
}
