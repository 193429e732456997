import { type FastifyInstance } from 'fastify';
import { type TestApp } from './test-app.js';

/** One line of the router's own table. */
export interface TableRoute {
  readonly method: string;
  /** As declared, e.g. `/v1/hubs/current/roles/:roleId`. */
  readonly path: string;
}

const LINE = /^((?:│ {3}| {4})*)[├└]── (.*?) \(([A-Z, ]+)\)$/;

/** Everything that the running server answers to, read from its router: also what no controller declares. */
export function routeTable(app: TestApp): TableRoute[] {
  const fastify = app.nest.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const parents: string[] = [];
  return fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const match = LINE.exec(line);
      if (!match) {
        throw new Error(`The router's table has a line that cannot be read: ${line}`);
      }
      const [, indent = '', part = '', methods = ''] = match;
      const depth = indent.length / 4;
      const path = (depth === 0 ? '' : (parents[depth - 1] ?? '')) + part;
      parents[depth] = path;
      return methods.split(', ').map((method) => ({ method, path }));
    });
}

/** `GET /v1/hubs/current` */
export function routeName({ method, path }: TableRoute): string {
  return `${method} ${path}`;
}

/** The routes of the management door that need no credential. A new one is opened here on purpose, or not at all. */
export const OPEN_ROUTES: ReadonlySet<string> = new Set([
  'GET /v1/hubs/capabilities',
  'HEAD /v1/hubs/capabilities',
  'GET /v1/hubs/current/roles/defaults',
  'HEAD /v1/hubs/current/roles/defaults',
  'POST /v1/auth/login',
  'POST /v1/account',
]);
