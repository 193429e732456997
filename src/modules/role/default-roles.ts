import { type CapabilitySet } from '../../access/index.js';

/** A role that every new hub gets. `default_of` keeps its identifier for ever. */
export interface DefaultRole {
  readonly identifier: string;
  readonly name: string;
  readonly rank: number;
  readonly root: boolean;
  readonly capabilities: CapabilitySet;
}

function role(identifier: string, name: string, rank: number, specific: readonly string[] = []): DefaultRole {
  return { identifier, name, rank, root: false, capabilities: { all: false, specific } };
}

/** The management contract's roles (§3) with the capabilities that exist here, and `integration` for integrators' keys. */
export const DEFAULT_ROLES: readonly DefaultRole[] = [
  { identifier: 'owner', name: 'Owner', rank: 10, root: true, capabilities: { all: true, specific: [] } },
  role('admin', 'Admin', 7, [
    'alerts-manage',
    'api-keys-manage',
    'apionly-jobs-view',
    'boxes-manage',
    'domains-manage',
    'groups-manage',
    'hubs-auditlog-view',
    'hubs-invites-manage',
    'hubs-invites-send',
    'hubs-members-manage',
    'hubs-members-view',
    'hubs-update',
    'hubs-usage-view',
    'lists-manage',
    'variables-manage',
  ]),
  role('dev_ops', 'DevOps Engineer', 5, ['hubs-members-view', 'lists-manage']),
  role('developer', 'Developer', 4, ['hubs-members-view']),
  role('consultant', 'Consultant', 2, ['hubs-members-view']),
  role('analyst', 'Analyst', 1, ['hubs-members-view']),
  role('integration', 'Integration', 0),
];
