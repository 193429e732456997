import { isDeepStrictEqual } from 'node:util';
import { type Actor, isPersonal, liveSession, type Scene } from './actors.js';
import { disturbed, hubsWithRoot, PROBES, type Rights, senderOf, widened } from './oracle.js';
import { type AnswerEdit, type Edit } from './plans.js';
import { inviteOf } from './requests.js';
import { type MembershipRow, type Snapshot } from './snapshot.js';

/** A rule that did not hold. */
export class CeilingBroken extends Error {}

/** What may be so after an edit that was made. @throws CeilingBroken */
export function checkMade(edit: Edit, actor: Actor, before: Scene, after: Scene): void {
  const account = isPersonal(edit) ? liveSession(actor.credential, before)?.account_id : undefined;
  if (!actor.rights && account === undefined) {
    throw new CeilingBroken('Somebody without any right made an edit.');
  }
  const sponsor = isPersonal(edit) ? senderFor(edit, before) : actor.rights;
  checkGains(sponsor, before, after);
  checkReach(sponsor, before, after);
  checkRoot(before, after);
  checkOwn(edit, account, before.state, after.state);
  if (edit.what === 'answer invite') {
    checkProof(edit, account, before.state);
  }
  checkLeftBehind(before.state, after);
}

/** An acceptance gives what the sender of the invite has now. */
function senderFor(edit: Edit, { state, rights }: Scene): Rights | undefined {
  const invite = edit.what === 'answer invite' ? inviteOf(edit, state) : undefined;
  return invite && senderOf(state, rights, invite);
}

function checkGains(sponsor: Rights | undefined, before: Scene, after: Scene): void {
  const waited = new Set(before.state.memberships.map(({ id }) => id));
  for (const [id, rights] of after.rights) {
    const inHub = sponsor?.hubId === rights.hubId ? sponsor : undefined;
    // An invite that comes to life was given when it was sent, and by somebody who could send it again.
    const wakes = rights.kind === 'invited' && waited.has(id) && inHub;
    const actor = wakes ? { ...inHub, addresses: new Set(PROBES), end: Infinity } : inHub;
    const gained = widened(before.rights.get(id), rights, actor);
    if (gained.length > 0) {
      throw new CeilingBroken(`The ${rights.kind} ${id} got what its actor did not hold: ${gained.join(', ')}.`);
    }
  }
}

function checkReach(sponsor: Rights | undefined, before: Scene, after: Scene): void {
  for (const [id, rights] of before.rights) {
    const inHub = sponsor?.hubId === rights.hubId ? sponsor : undefined;
    if (disturbed(rights, after.rights.get(id), inHub)) {
      throw new CeilingBroken(`The ${rights.kind} ${id} was changed by an actor that it does not rank below.`);
    }
  }
}

function checkRoot(before: Scene, after: Scene): void {
  const kept = hubsWithRoot(after.state, after.rights);
  if ([...hubsWithRoot(before.state, before.rights)].some((hubId) => !kept.has(hubId))) {
    throw new CeilingBroken('Nobody is left who is root.');
  }
}

/** Sessions end by their owner alone; an address is proved by the token that was mailed to it. */
function checkOwn(edit: Edit, account: string | undefined, before: Snapshot, after: Snapshot): void {
  const others = ({ sessions }: Snapshot): object[] =>
    sessions.filter((one) => edit.what !== 'end session' || one.account_id !== account);
  const proves = edit.what === 'answer invite' && edit.byToken ? inviteOf(edit, before)?.recipient_key : undefined;
  const unproved = ({ accounts }: Snapshot): object[] =>
    accounts.filter(({ id, email_key }) => id !== account || email_key !== proves);
  if (!isDeepStrictEqual([others(before), unproved(before)], [others(after), unproved(after)])) {
    throw new CeilingBroken('An account or a session was changed by somebody else.');
  }
}

function checkProof(edit: AnswerEdit, account: string | undefined, { accounts, ...state }: Snapshot): void {
  const person = accounts.find(({ id }) => id === account);
  const invite = inviteOf(edit, { ...state, accounts });
  const isTheirs = person?.verified_at !== null && person?.email_key === invite?.recipient_key;
  if (!edit.byToken && !isTheirs) {
    throw new CeilingBroken('An invite was answered by somebody whom it is not for.');
  }
}

/** Who is removed or gets another role leaves no invite behind that they could no longer send. */
function checkLeftBehind({ memberships: was }: Snapshot, { state, rights, now }: Scene): void {
  const key = ({ id, member_id, role_id }: MembershipRow): string => `${id} ${member_id} ${role_id}`;
  const same = new Set(state.memberships.map(key));
  const changed = was.filter((one) => one.member_id !== null && !same.has(key(one)));
  for (const { member_id, hub_id } of changed) {
    const waiting = state.memberships.filter((one) => one.state === 'pending' && Number(one.invite_ends_at) > now);
    const sent = waiting.filter((one) => one.creator_id === member_id && one.hub_id === hub_id);
    if (sent.some(({ id }) => !rights.has(id))) {
      throw new CeilingBroken('An invite was left behind by somebody who could no longer send it.');
    }
  }
}

/** @throws CeilingBroken unless all is as it was; only an invite that is void may be revoked when somebody accepts it */
export function checkRefused(edit: Edit, status: number, before: Scene, after: Snapshot): void {
  if (status >= 500) {
    throw new CeilingBroken(`An edit was answered with ${status}.`);
  }
  const invite = edit.what === 'answer invite' && edit.accept ? inviteOf(edit, before.state) : undefined;
  const isVoid = invite !== undefined && !before.rights.has(invite.id);
  if (!isDeepStrictEqual(isVoid ? withRevoked(before.state, invite.id, after) : before.state, after)) {
    throw new CeilingBroken(`An edit was refused with ${status}, and changed something.`);
  }
}

function withRevoked(before: Snapshot, inviteId: string, after: Snapshot): Snapshot {
  const revoked = after.memberships.find(({ id, state }) => id === inviteId && state === 'revoked');
  return { ...before, memberships: before.memberships.map((one) => (one.id === inviteId ? (revoked ?? one) : one)) };
}
