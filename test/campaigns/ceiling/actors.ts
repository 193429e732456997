import { type Rights } from './oracle.js';
import { type Edit, type Step } from './plans.js';
import { inviteOf, sessionOf } from './requests.js';
import { type SessionRow, type Snapshot } from './snapshot.js';
import { type Credential, type World } from './world.js';

/** How things stand at one moment. */
export interface Scene {
  readonly world: World;
  readonly state: Snapshot;
  /** By the id of a secret or a membership. */
  readonly rights: ReadonlyMap<string, Rights>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Whoever makes an edit: with what, in which hub, and as whom. */
export interface Actor {
  readonly credential: Credential;
  /** The hub that the request names; undefined for a key, which knows its own. */
  readonly hubId: string | undefined;
  /** What it may do there; undefined when it may not come in. */
  readonly rights: Rights | undefined;
}

/** Whether the edit is a person's own matter, outside hubs. */
export function isPersonal({ what }: Edit): boolean {
  return what === 'answer invite' || what === 'end session';
}

/** What opens the route of an edit. */
function capabilityFor({ what }: Edit): string {
  const manage = {
    key: 'api-keys-manage',
    secret: 'api-keys-manage',
    role: 'hubs-roles-manage',
    group: 'groups-manage',
  };
  const others = { hub: 'hubs-update', member: 'hubs-members-manage', invite: 'hubs-invites-manage' };
  const thing = what.split(' ').at(-1) as keyof typeof manage & keyof typeof others;
  return what === 'invite' ? 'hubs-invites-send' : { ...manage, ...others }[thing];
}

/** As the step asks for it, if there is such a one. */
export function actorOf({ by, who, beside, edit }: Step, scene: Scene): Actor {
  const { besideId, hubId } = scene.world;
  const actors = candidates(edit, scene).map((one) => actAs(one, beside ? besideId : hubId, scene));
  const able = actors.filter(({ credential, rights }) =>
    isPersonal(edit) ? liveSession(credential, scene) : rights?.hubId === hubId,
  );
  const fit = able.filter(({ rights }) => isPersonal(edit) || rights?.capabilities.has(capabilityFor(edit)));
  const chosen = { fit, able, anybody: actors }[who];
  const pool = [chosen, able, actors].find(({ length }) => length > 0) ?? [];
  return pool[by % pool.length] as Actor;
}

function candidates(edit: Edit, { world, state }: Scene): Credential[] {
  if (!isPersonal(edit)) {
    return world.credentials;
  }
  const people = world.credentials.filter(({ kind }) => kind === 'session');
  const owner = edit.what === 'answer invite' && !edit.stranger ? invited(edit, state) : ownerFor(edit, state);
  const own = people.filter(({ id }) => state.sessions.find((one) => one.id === id)?.account_id === owner);
  return own.length > 0 ? own : people;
}

function invited(edit: { readonly invite: number }, state: Snapshot): string | undefined {
  const invite = inviteOf(edit, state);
  return state.accounts.find(({ email_key }) => email_key === invite?.recipient_key)?.id;
}

function ownerFor(edit: Edit, state: Snapshot): string | undefined {
  return edit.what === 'end session' && edit.own ? sessionOf(edit, state)?.account_id : undefined;
}

/** What somebody may do in the hub that they name, if the door lets them in. */
export function actAs(credential: Credential, hubId: string, scene: Scene): Actor {
  if (credential.kind === 'api-key') {
    return { credential, hubId: undefined, rights: scene.rights.get(credential.id) };
  }
  const { hubs, memberships } = scene.state;
  const session = liveSession(credential, scene);
  const security = JSON.parse(hubs.find(({ id }) => id === hubId)?.security ?? '{}') as { force_2fa?: boolean };
  const enters = session && (!security.force_2fa || Number(session.second_factor) === 1);
  const member = memberships.find((one) => enters && one.member_id === session.account_id && one.hub_id === hubId);
  return { credential, hubId, rights: scene.rights.get(member?.id ?? '') };
}

/** One that has neither ended nor run out, and did not begin with a password that was handed out. */
export function liveSession(credential: Credential, scene: Scene): SessionRow | undefined {
  const session = sessionThatLasts(credential, scene);
  return session && Number(session.password_once) === 0 ? session : undefined;
}

export function sessionThatLasts({ id }: Credential, { state, now }: Scene): SessionRow | undefined {
  const lasts = ({ ended_at, expires_at }: SessionRow): boolean => ended_at === null && Number(expires_at) > now;
  return state.sessions.find((one) => one.id === id && lasts(one));
}
