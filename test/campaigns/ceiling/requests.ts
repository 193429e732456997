import { type Edit, type KeyFields } from './plans.js';
import { type MembershipRow, type SessionRow, type Snapshot } from './snapshot.js';
import { permissionsOf, type World } from './world.js';

const CURRENT = '/v1/hubs/current';
const ACCOUNT = '/v1/account';
const NONE = '0'.repeat(24);

export interface EditRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body?: object;
}

/** What the edit looks like at the door. `now` is in epoch milliseconds, `ownRole` the actor's. */
export function requestOf(edit: Edit, world: World, state: Snapshot, ownRole: string, now: number): EditRequest {
  switch (edit.what) {
    case 'create key':
    case 'update key':
    case 'delete key':
    case 'rotate key':
    case 'end secret':
      return keyRequest(edit, world, state, ownRole, now);
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
    case 'invite':
    case 'revoke invite':
    case 'answer invite':
    case 'update member':
    case 'remove member':
    case 'end session':
      return personRequest(edit, world, state);
  }
}

type KeyEdit = Extract<Edit, { what: `${string} key` | 'end secret' }>;

function keyRequest(edit: KeyEdit, world: World, state: Snapshot, ownRole: string, now: number): EditRequest {
  switch (edit.what) {
    case 'create key': {
      const fields = keyBody(edit, world, now);
      const body = { name: 'made', ...fields, role_id: edit.ownRole ? ownRole : fields['role_id'] };
      return { method: 'POST', url: `${CURRENT}/api-keys`, body };
    }
    case 'update key': {
      const body = { ...keyBody(edit, world, now), state: edit.state };
      return { method: 'PATCH', url: keyUrl(world, edit.key), body };
    }
    case 'delete key':
      return { method: 'DELETE', url: `${keyUrl(world, edit.key)}?created=${edit.created}` };
    case 'rotate key':
      return { method: 'POST', url: `${keyUrl(world, edit.key)}/rotate`, body: { overlap_seconds: edit.overlap } };
    case 'end secret': {
      const keyId = at(world.keys, edit.key);
      const secrets = state.secrets.filter(({ key_id }) => key_id === keyId).map(({ id }) => id);
      return { method: 'DELETE', url: `${keyUrl(world, edit.key)}/secrets/${at(secrets, edit.which)}` };
    }
  }
}

type PersonEdit = Extract<Edit, { what: 'invite' | 'end session' | `${string} invite` | `${string} member` }>;

function personRequest(edit: PersonEdit, world: World, state: Snapshot): EditRequest {
  switch (edit.what) {
    case 'invite': {
      const recipient = at(
        edit.stranger ? strangers(world, state) : world.people.map(({ email }) => email),
        edit.person,
      );
      return { method: 'POST', url: `${CURRENT}/invites`, body: { recipient, role_id: at(world.roles, edit.role) } };
    }
    case 'revoke invite':
      return { method: 'DELETE', url: `${CURRENT}/invites/${inviteOf(edit, state)?.id ?? NONE}` };
    case 'answer invite': {
      const id = inviteOf(edit, state)?.id ?? NONE;
      const token = edit.byToken ? (world.tokens.get(id) ?? 'none') : undefined;
      const answer = edit.accept ? { accept: true } : { decline: true };
      return { method: 'PATCH', url: `${ACCOUNT}/invites/${id}`, body: { ...answer, token } };
    }
    case 'update member': {
      const body = { role_id: at(world.roles, edit.role) };
      return { method: 'PATCH', url: memberUrl(state, edit.member), body };
    }
    case 'remove member':
      return { method: 'DELETE', url: `${memberUrl(state, edit.member)}?created=${edit.created}` };
    case 'end session': {
      return { method: 'DELETE', url: `${ACCOUNT}/sessions/${sessionOf(edit, state)?.id ?? NONE}` };
    }
  }
}

/** Who is neither a member nor invited; one who has no account, if nobody is left. */
function strangers({ people, hubId }: World, { memberships }: Snapshot): string[] {
  const here = memberships.filter(({ hub_id, state }) => hub_id === hubId && ['pending', 'accepted'].includes(state));
  const emails = people.map(({ email }) => email);
  const left = emails.filter((email) => !here.some(({ recipient_key }) => recipient_key === email));
  return left.length > 0 ? left : [`${here.length}@example.org`];
}

/** One that waits, or has waited too long. */
export function inviteOf(
  { invite }: { readonly invite: number },
  { memberships }: Snapshot,
): MembershipRow | undefined {
  const invites = memberships.filter(({ state }) => state === 'pending');
  return invites[invite % invites.length];
}

export function sessionOf({ session }: { readonly session: number }, { sessions }: Snapshot): SessionRow | undefined {
  return sessions[session % sessions.length];
}

function memberUrl({ memberships }: Snapshot, member: number): string {
  const members = memberships.filter(({ state }) => state === 'accepted').map(({ id }) => id);
  return `${CURRENT}/members/${at(members, member)}`;
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
