import { creatorOf, lifeToGive, type Mutation, scopeNames, scopeSet } from '../../access/index.js';
import { isoOrNull } from '../../common/http/contract.js';
import { AddressList } from '../../common/ip/index.js';
import { newId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { bornOf } from '../../database/index.js';
import { ApiKey } from './api-key.entity.js';
import { EmptyAddressListError, ExpiryInPastError } from './api-key.errors.js';
import { ApiSecret } from './api-secret.entity.js';
import { type CreateApiKeyDto, type UpdateApiKeyDto } from './dto/api-key.dto.js';

/** A key as its maker asks for it; what is left out of its confinement is passed on from a confined maker. */
export function newKey({ actor, now }: Mutation, input: CreateApiKeyDto): ApiKey {
  const inherited = { ips: actor.record.ips?.entries ?? null, expiresAt: lifeToGive(actor.record) };
  return Object.assign(new ApiKey(), {
    id: newId(now),
    hubId: actor.hubId,
    name: input.name.trim(),
    nameKey: nameKey(input.name),
    handle: null,
    handleKey: null,
    description: input.description ?? null,
    roleId: input.role_id,
    groupId: input.group_id ?? null,
    scopes: scopeSet(input.scopes ?? []),
    ips: input.ips === undefined ? inherited.ips : canonicalIps(input.ips),
    expiresAt: input.expires_at === undefined ? inherited.expiresAt : futureTime(input.expires_at, now),
    state: 'live',
    stateChangedAt: now,
    kv: 1,
    revision: 1,
    usedAt: 0,
    reuseAlertDay: null,
    ...bornOf(creatorOf(actor), now),
  });
}

export function newSecret(key: ApiKey, digest: Buffer, now: number): ApiSecret {
  return Object.assign(new ApiSecret(), {
    id: newId(now),
    hubId: key.hubId,
    keyId: key.id,
    digest,
    sealed: null,
    createdAt: now,
    endsAt: null,
    ended: false,
    lastUsedAt: null,
    lastUsedAddress: null,
  });
}

/** Undefined leaves, null clears. */
export function applyEdit(key: ApiKey, input: UpdateApiKeyDto, now: number): void {
  const { name, description, role_id, group_id, scopes, ips, expires_at } = input;
  const edit: Partial<ApiKey> = {
    ...(name !== undefined && { name: name.trim(), nameKey: nameKey(name) }),
    ...(description !== undefined && { description }),
    ...(role_id !== undefined && { roleId: role_id }),
    ...(group_id !== undefined && { groupId: group_id }),
    ...(scopes !== undefined && { scopes: scopeSet(scopes) }),
    ...(ips !== undefined && { ips: canonicalIps(ips) }),
    ...(expires_at !== undefined && { expiresAt: futureTime(expires_at, now) }),
  };
  Object.assign(key, edit);
  if (input.state !== undefined && input.state !== key.state) {
    setState(key, input.state, now);
  }
  markEdited(key, now);
}

/** A key that is switched off takes its tokens with it: switched on again, it needs new ones. */
function setState(key: ApiKey, state: 'live' | 'inactive', now: number): void {
  Object.assign(key, { state, stateChangedAt: now });
  key.kv += state === 'inactive' ? 1 : 0;
}

export function switchOff(key: ApiKey, now: number): void {
  setState(key, 'inactive', now);
  markEdited(key, now);
}

function markEdited(key: ApiKey, now: number): void {
  key.updatedAt = now;
  key.revision += 1;
}

/** Dead from now on, and its handle is free. The row stays, marked deleted; it never comes back. */
export function endKey(key: ApiKey, now: number): void {
  Object.assign(key, { state: 'deleted', stateChangedAt: now, deletedAt: now, updatedAt: now });
  Object.assign(key, { handle: null, handleKey: null });
  key.kv += 1;
  key.revision += 1;
}

function canonicalIps(ips: string[] | null): string[] | null {
  if (ips?.length === 0) {
    throw new EmptyAddressListError();
  }
  return ips && AddressList.parse(ips, '/ips').entries;
}

function futureTime(text: string | null, now: number): number | null {
  const time = text === null ? null : Date.parse(text);
  if (time !== null && !(time > now)) {
    throw new ExpiryInPastError();
  }
  return time;
}

/** What the audit compares. */
export function keyFacts(key: ApiKey): Record<string, unknown> & { expires_at: string | null } {
  return {
    name: key.name,
    description: key.description,
    role_id: key.roleId,
    group_id: key.groupId,
    scopes: scopeNames(key.scopes),
    ips: key.ips,
    expires_at: isoOrNull(key.expiresAt),
    state: key.state,
  };
}
