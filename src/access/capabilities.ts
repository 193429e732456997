/** One thing that a role may administer. The catalogue is data: guard, errors, Swagger, docs and the API read it. */
export interface CapabilityDefinition {
  /** Kebab-case `<area>-<verb>`; the management contract's name wherever it has one. */
  readonly name: string;
  /** What it allows, for a person who composes a role. */
  readonly caption: string;
  readonly area: string;
  /** CASL action; `manage` stands for every action. */
  readonly action: string;
  /** CASL subject: the entity's class name. */
  readonly subject: string;
}

export const CAPABILITIES = [
  {
    name: 'alerts-manage',
    caption: 'See the alerts of every user group, and decide which addresses are told of them.',
    area: 'alerts',
    action: 'manage',
    subject: 'AlertSubscription',
  },
  {
    name: 'api-keys-manage',
    caption: 'See, create, change and delete the API keys of the hub, within the ceiling of one’s own grants.',
    area: 'api-keys',
    action: 'manage',
    subject: 'ApiKey',
  },
  {
    name: 'api-keys-reveal',
    caption:
      'Let the hub keep its secrets readable, and see them at the account door: those of keys that one could rotate.',
    area: 'api-keys',
    action: 'read',
    subject: 'ApiKeyValue',
  },
  {
    name: 'apionly-jobs-view',
    caption: 'See every job of the hub; one’s own are seen without it.',
    area: 'jobs',
    action: 'read',
    subject: 'Job',
  },
  {
    name: 'boxes-manage',
    caption: 'See, create, change and delete the boxes of the hub: where they are reached and by which credentials.',
    area: 'boxes',
    action: 'manage',
    subject: 'Box',
  },
  {
    name: 'domains-manage',
    caption: 'See, claim and give up the domains of the hub, and decide which requests at them are refused.',
    area: 'domains',
    action: 'manage',
    subject: 'Domain',
  },
  {
    name: 'groups-manage',
    caption: 'See, create, change and delete user groups, and so decide which data their keys may touch.',
    area: 'groups',
    action: 'manage',
    subject: 'UserGroup',
  },
  {
    name: 'hubs-auditlog-view',
    caption: 'Read and export the activity of the hub: every change and every refusal, with who, when and where from.',
    area: 'hubs',
    action: 'read',
    subject: 'Activity',
  },
  {
    name: 'hubs-delete',
    caption: 'Delete the hub with everything in it.',
    area: 'hubs',
    action: 'delete',
    subject: 'Hub',
  },
  {
    name: 'hubs-invites-manage',
    caption: 'See and revoke the invites of the hub that nobody has answered.',
    area: 'hubs',
    action: 'manage',
    subject: 'Invite',
  },
  {
    name: 'hubs-invites-send',
    caption: 'Invite people to the hub, with roles that rank below one’s own.',
    area: 'hubs',
    action: 'create',
    subject: 'Invite',
  },
  {
    name: 'hubs-members-manage',
    caption: 'Change the roles of members who rank below oneself, and remove them.',
    area: 'hubs',
    action: 'manage',
    subject: 'Membership',
  },
  {
    name: 'hubs-members-view',
    caption: 'See the members of the hub and their roles.',
    area: 'hubs',
    action: 'read',
    subject: 'Membership',
  },
  {
    name: 'hubs-roles-manage',
    caption: 'See, create, change and delete roles that rank below one’s own.',
    area: 'hubs',
    action: 'manage',
    subject: 'Role',
  },
  {
    name: 'hubs-update',
    caption: 'Change the hub itself: its name, and what it demands of its keys and members.',
    area: 'hubs',
    action: 'update',
    subject: 'Hub',
  },
  {
    name: 'hubs-usage-view',
    caption: 'See how many members, keys, roles, groups, lists and rows the hub has and had.',
    area: 'hubs',
    action: 'read',
    subject: 'HubUsage',
  },
  {
    name: 'lists-manage',
    caption: 'See, create, change and delete the lists of the hub: their structure, not their rows.',
    area: 'lists',
    action: 'manage',
    subject: 'List',
  },
  {
    name: 'variables-manage',
    caption: 'See, create, change and delete the variables of the hub.',
    area: 'variables',
    action: 'manage',
    subject: 'Variable',
  },
] as const satisfies readonly CapabilityDefinition[];

export type Capability = (typeof CAPABILITIES)[number]['name'];

export const CAPABILITY_NAMES: readonly Capability[] = CAPABILITIES.map((capability) => capability.name);

/** The capabilities of a role: everything there is and will be, or exactly these. */
export interface CapabilitySet {
  readonly all: boolean;
  readonly specific: readonly string[];
}

export function isCapability(name: string): name is Capability {
  return (CAPABILITY_NAMES as readonly string[]).includes(name);
}

export function holdsCapability(set: CapabilitySet, name: string): boolean {
  return set.all || set.specific.includes(name);
}

/** The capability that administers a subject, to name what a refused caller lacks. */
export function capabilityFor(subject: string): Capability | undefined {
  return CAPABILITIES.find((capability) => capability.subject === subject)?.name;
}
