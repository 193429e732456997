import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES, CAPABILITY_NAMES, RouteAccessCheck, SCOPES } from '../../src/access/index.js';
import { DEFAULT_ROLES } from '../../src/modules/role/index.js';
import {
  type ApiDocuments,
  buildDocuments,
  operationsOf,
  PAGES,
  type PublishedOperation,
} from '../../src/openapi/index.js';
import { useTestApp } from '../support/test-app.js';

const server = useTestApp();
let memo: ApiDocuments | undefined;
const documents = (): ApiDocuments => (memo ??= buildDocuments(server.app.nest));
const operations = (): PublishedOperation[] => operationsOf(documents());

interface Refusal {
  readonly code: string;
  readonly extra?: { readonly capability?: string };
}

/** In the body of any door; at the account door the error is a sentence. */
function refusalIn(body: unknown): Refusal {
  const { error } = body as { error?: Refusal | string };
  return typeof error === 'object' ? error : (body as Refusal);
}

/** The errors that an operation shows, as the client would get them. */
function refusalsOf({ operation }: PublishedOperation): Refusal[] {
  return Object.values(operation.responses)
    .flatMap(({ content = {} }) => Object.values(content))
    .flatMap(({ examples = {} }) => Object.values(examples))
    .map(({ value }) => refusalIn(value));
}

const without = (complete: (one: PublishedOperation) => boolean): string[] =>
  operations()
    .filter((one) => !complete(one))
    .map(({ name }) => name);

describe.each(Object.keys(PAGES))('docs/%s', (name) => {
  it('is what the code says', () => {
    const file = join('docs', name);
    const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const verdict =
      committed === PAGES[name](documents()) ? 'current' : `${file} is not what the code says; run: npm run docs`;
    expect(verdict).toBe('current');
  });
});

describe('the permissions', () => {
  const line = (start: string): string =>
    PAGES['permissions.md'](documents())
      .split('\n')
      .find((one) => one.startsWith(`| ${start} |`)) ?? '';

  it('name each capability with its caption, its roles and every operation that needs it', () => {
    for (const { name, caption, area } of CAPABILITIES) {
      const cells = line(`\`${name}\``).split(' | ');
      expect(cells[1]).toBe(area);
      expect(cells[2]).toBe(caption);
      const holders = DEFAULT_ROLES.filter(({ capabilities: { all, specific } }) => all || specific.includes(name));
      expect(holders.filter(({ identifier }) => !cells[3]?.includes(`\`${identifier}\``))).toEqual([]);
      const gated = operations().filter(({ operation }) => operation['x-required-capability'] === name);
      expect(gated.filter((one) => !cells[4]?.includes(`\`${one.name}\``))).toEqual([]);
    }
  });

  it('name every scope, and every operation exactly once', () => {
    expect(SCOPES.filter((scope) => line(`\`${scope}\``) === '')).toEqual([]);
    const page = PAGES['permissions.md'](documents());
    const repeated = operations().filter(({ name }) => page.split(`\`${name}\``).length !== 2);
    expect(repeated.map(({ name }) => name)).toEqual([]);
  });
});

describe('the errors', () => {
  it('name every code that an operation shows', () => {
    const page = PAGES['errors.md'](documents());
    const shown = new Set(
      operations()
        .flatMap(refusalsOf)
        .map(({ code }) => code),
    );
    expect([...shown].filter((code) => !page.includes(`\n## ${code}\n`))).toEqual([]);
  });
});

describe('every capability', () => {
  it('is needed by a route, and no route needs another', () => {
    const declared = server.app.nest.get(RouteAccessCheck).routes();
    const used = declared.flatMap(({ access }) => (access?.kind === 'capability' ? [access.capability] : []));
    // Asked about by the services: for the jobs of others, and for secrets where the hub keeps them readable.
    const byInstance = ['apionly-jobs-view', 'api-keys-reveal'];
    expect([...new Set([...used, ...byInstance])].sort()).toEqual([...CAPABILITY_NAMES].sort());
  });

  it('is named by each operation that needs it: in its text, as a fact, and in its refusal', () => {
    const complete = (one: PublishedOperation): boolean => {
      const { 'x-required-capability': capability, description } = one.operation;
      const refusal = refusalsOf(one).find(({ code, extra }) => code === '403.permissions' && extra?.capability);
      if (capability === undefined) {
        return true;
      }
      const told =
        one.document === 'account'
          ? JSON.stringify(one.operation.responses['403']).includes(`lacks the capability ${capability}.`)
          : refusal?.extra?.capability === capability;
      return description.includes(`\`${capability}\``) && told;
    };
    expect(without(complete)).toEqual([]);
  });
});

describe('every operation', () => {
  it('shows each error under its own code and status', () => {
    const complete = ({ operation }: PublishedOperation): boolean =>
      Object.entries(operation.responses).every(([status, { content = {} }]) =>
        Object.values(content)
          .flatMap(({ examples = {} }) => Object.entries(examples))
          .every(([name, { value }]) => {
            const error = refusalIn(value);
            return name.split(' ', 1)[0] === error.code && error.code.startsWith(`${status}.`);
          }),
      );
    expect(without(complete)).toEqual([]);
  });
});
