import { type Edit, type KeyFields } from './plans.js';
import { type Snapshot } from './snapshot.js';
import { permissionsOf, type World } from './world.js';

const CURRENT = '/v1/hubs/current';
const NONE = '0'.repeat(24);

export interface EditRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: object;
}

/** What the edit looks like at the door. `now` is in epoch milliseconds, `ownRole` the actor's. */
export function requestOf(edit: Edit, world: World, state: Snapshot, ownRole: string, now: number): EditRequest {
  switch (edit.what) {
    case 'create key': {
      const fields = keyBody(edit, world, now);
      const body = { name: 'made', ...fields, role_id: edit.ownRole ? ownRole : fields['role_id'] };
      return { method: 'POST', url: `${CURRENT}/api-keys`, body };
    }
    case 'update key':
      return {
        method: 'PATCH',
        url: keyUrl(world, edit.key),
        body: { ...keyBody(edit, world, now), state: edit.state },
      };
    case 'delete key':
      return { method: 'DELETE', url: `${keyUrl(world, edit.key)}?created=${edit.created}` };
    case 'rotate key':
      return { method: 'POST', url: `${keyUrl(world, edit.key)}/rotate`, body: { overlap_seconds: edit.overlap } };
    case 'end secret': {
      const keyId = at(world.keys, edit.key);
      const secrets = state.secrets.filter(({ key_id }) => key_id === keyId).map(({ id }) => id);
      return { method: 'DELETE', url: `${keyUrl(world, edit.key)}/secrets/${at(secrets, edit.which)}` };
    }
    case 'create role':
    case 'update role':
    case 'delete role':
      return roleRequest(edit, world);
    case 'create group':
    case 'update group':
    case 'delete group':
      return groupRequest(edit, world);
    case 'update hub': {
      const rotation = { max_overlap_seconds: edit.overlap, disable_on_reuse: edit.disableOnReuse };
      return { method: 'PATCH', url: CURRENT, body: { security: { rotation } } };
    }
  }
}

function roleRequest(edit: Extract<Edit, { what: `${string} role` }>, world: World): EditRequest {
  const roles = `${CURRENT}/roles`;
  switch (edit.what) {
    case 'create role':
      return { method: 'POST', url: roles, body: { identifier: 'made', ...edit.role } };
    case 'update role':
      return { method: 'PATCH', url: `${roles}/${at(world.roles, edit.id)}`, body: edit.role };
    case 'delete role':
      return { method: 'DELETE', url: `${roles}/${at(world.roles, edit.id)}` };
  }
}

function groupRequest(edit: Extract<Edit, { what: `${string} group` }>, world: World): EditRequest {
  const groups = `${CURRENT}/groups`;
  switch (edit.what) {
    case 'create group': {
      const name = `Group ${world.groups.length}`;
      return { method: 'POST', url: groups, body: { name, permissions: permissionsOf(edit.permissions, world.lists) } };
    }
    case 'update group': {
      const body = { permissions: permissionsOf(edit.permissions, world.lists) };
      return { method: 'PATCH', url: `${groups}/${at(world.groups, edit.id)}`, body };
    }
    case 'delete group':
      return { method: 'DELETE', url: `${groups}/${at(world.groups, edit.id)}` };
  }
}

/** What is left out stays out. */
function keyBody({ role, group, scopes, ips, ends }: KeyFields, world: World, now: number): Record<string, unknown> {
  return {
    ...(role !== undefined && { role_id: at(world.roles, role) }),
    ...(group !== undefined && { group_id: group === null ? null : at(world.groups, group) }),
    ...(scopes !== undefined && { scopes }),
    ...(ips !== undefined && { ips }),
    ...(ends !== undefined && { expires_at: ends === null ? null : new Date(now + ends * 1000).toISOString() }),
  };
}

function keyUrl({ keys }: World, key: number): string {
  return `${CURRENT}/api-keys/${at(keys, key)}`;
}

function at(ids: readonly string[], index: number): string {
  return ids[index % ids.length] ?? NONE;
}
