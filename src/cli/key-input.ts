import { type INestApplicationContext } from '@nestjs/common';
import { type Principal } from '../access/index.js';
import { InvalidInputError } from '../common/errors/index.js';
import { isId } from '../common/ids.js';
import { nameKey } from '../common/name-key.js';
import { MAX_PAGE_SIZE, type ResourceQuery } from '../common/query/index.js';
import { GroupService } from '../modules/group/index.js';
import { type Role, RoleService } from '../modules/role/index.js';

const SPAN = /^(\d{1,5})(d|h)$/;
const SPAN_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000 };

/** A role by its id or its identifier. */
export async function findRoleId(app: INestApplicationContext, platform: Principal, text: string): Promise<string> {
  const given: unknown = text;
  if (isId(given)) {
    return given;
  }
  const roles = await app.get(RoleService).list(platform, pageOf(1));
  const named = roles.filter(({ identifier }) => identifier === text);
  const role = named.find(({ defaultOf }) => defaultOf === text) ?? (named.length === 1 ? named[0] : undefined);
  if (!role) {
    throw new InvalidInputError(noSuchRole(text, named, roles));
  }
  return role.id;
}

/** A user group by its id or its name, compared without case. */
export async function findGroupId(app: INestApplicationContext, platform: Principal, text: string): Promise<string> {
  const given: unknown = text;
  if (isId(given)) {
    return given;
  }
  const groups = await app.get(GroupService).list(platform, pageOf(1, { search: [text] }));
  const group = groups.find(({ name }) => nameKey(name) === nameKey(text));
  if (!group) {
    throw new InvalidInputError(`There is no user group "${text}" in this hub.`);
  }
  return group.id;
}

/** A span such as `7d`, `12h` or `0h` in seconds. */
export function secondsOf(text: string): number {
  const milliseconds = spanMs(text);
  if (Number.isNaN(milliseconds)) {
    throw new InvalidInputError(`"${text}" is not a span. Say it in days or hours: 7d, 12h, 0h.`);
  }
  return milliseconds / 1000;
}

/** A moment as RFC 3339, from one or from a span such as `90d` or `12h`; whatever else it is, the key's rules refuse. */
export function endOf(text: string | undefined, now: number): string | null {
  const milliseconds = spanMs(text ?? '');
  return Number.isNaN(milliseconds) ? (text ?? null) : new Date(now + milliseconds).toISOString();
}

function spanMs(text: string): number {
  const [, count, unit] = SPAN.exec(text) ?? [];
  return Number(count) * (SPAN_MS[unit ?? ''] ?? Number.NaN);
}

/** A page as large as they come. */
export function pageOf(number: number, filter: ResourceQuery['filter'] = {}): ResourceQuery {
  const page = { number, size: MAX_PAGE_SIZE, offset: (number - 1) * MAX_PAGE_SIZE };
  return { sort: [], filter, page, include: [], meta: [] };
}

function noSuchRole(text: string, named: readonly Role[], all: readonly Role[]): string {
  return named.length > 1
    ? `Several roles have the identifier "${text}"; give the id: ${named.map(({ id }) => id).join(', ')}.`
    : `There is no role "${text}" in this hub. It has: ${all.map(({ identifier }) => identifier).join(', ')}.`;
}
