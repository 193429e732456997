import { createMongoAbility } from '@casl/ability';
import { type Creator, PLATFORM, type Principal } from './principal.js';
import { ALL_SCOPES } from './scopes.js';

/** The command line acting in a hub: whoever can start it owns the database anyway, so no ceiling applies. */
export function platformPrincipal(hubId: string): Principal {
  const role = {
    id: PLATFORM.id,
    identifier: 'platform',
    live: true,
    rank: 10,
    root: true,
    capabilities: { all: true, specific: [] },
  };
  return {
    kind: 'platform',
    hubId,
    scopes: ALL_SCOPES,
    ability: createMongoAbility([{ action: 'manage', subject: 'all', conditions: { hubId } }]),
    expiresAt: null,
    address: null,
    request: null,
    record: {
      hubId,
      hubName: '',
      hubLive: true,
      keyId: PLATFORM.id,
      keyName: 'platform',
      keyLive: true,
      kv: 0,
      expiresAt: null,
      ips: null,
      scopes: ALL_SCOPES,
      secretId: PLATFORM.id,
      secretEndsAt: null,
      secretLive: true,
      role,
      group: null,
    },
  };
}

export function creatorOf(principal: Principal): Creator {
  return principal.kind === 'platform' ? PLATFORM : { id: principal.record.keyId, type: 'api-key' };
}
