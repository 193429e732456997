import { SCOPES } from '../../../src/access/scopes.js';
import { type Random } from '../support/random.js';
import { type Facts, type Kind } from './history.js';
import { COLUMNS, type World } from './world.js';

export type Managed = Exclude<Kind, 'row'>;

const CAPABILITIES = ['api-keys-manage', 'groups-manage', 'hubs-roles-manage', 'lists-manage'];
const RIGHTS = ['read', 'add', 'change', 'delete'];
const ADDRESSES = ['127.0.0.0/8'];

/** What a new thing is to hold, all of it said. */
export function bodyOf(kind: Managed, marker: string, world: World, random: Random): Facts {
  switch (kind) {
    case 'role':
      return { ...changeOf(kind, world, random), identifier: marker };
    case 'list':
      return { name: marker, description: text(random), columns: COLUMNS.slice(0, 1 + random.below(COLUMNS.length)) };
    case 'group':
    case 'api_key':
      return { ...changeOf(kind, world, random), name: marker };
  }
}

/** Several fields at once, so that half of them would be seen; never what a thing is known by. */
export function changeOf(kind: Managed, world: World, random: Random): Facts {
  switch (kind) {
    case 'role': {
      const specific = CAPABILITIES.filter(() => random.chance(0.5));
      const extra = { note: text(random) };
      return { name: text(random), rank: random.below(8), capabilities: { all: false, specific }, extra };
    }
    case 'group': {
      const rights = RIGHTS.filter(() => random.chance(0.6));
      const lists = rights.length > 0 ? [{ list_id: random.pick(world.lists).id, rights }] : [];
      return { description: text(random), permissions: { lists } };
    }
    case 'api_key': {
      const role_id = world.roles[random.pick(['integration', 'developer'])];
      const group_id = random.chance(0.7) ? world.group.id : null;
      const scopes = SCOPES.filter(() => random.chance(0.5));
      const ips = random.chance(0.3) ? ADDRESSES : null;
      const expires_at = random.chance(0.3) ? `20${40 + random.below(50)}-01-01T00:00:00.000Z` : null;
      return { description: text(random), role_id, group_id, scopes, ips, expires_at };
    }
    case 'list':
      throw new Error('Lists are not changed.');
  }
}

function text(random: Random): string {
  return `text ${random.below(2 ** 32).toString(36)}`;
}
