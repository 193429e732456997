import { type DataRight, type Need, type Operation } from './policy.js';

const ALL = '/v1/hubs/current/variables';
const VALUES = '/public-api/v1/variables';
const manage: Need = { by: 'capability', capability: 'variables-manage' };
const groups: Need = { by: 'capability', capability: 'groups-manage' };
const GROUPS = '/v1/hubs/current/groups';
const touch = (right: DataRight, on = right as DataRight | null): Need => {
  return { by: 'data', scope: `${right}:lists`, on: 'variables', right: on };
};
const MISSING = { status: 404, code: '404.hub.variable' };
const NAMED = { names: 'variable', missing: MISSING } as const;
const BY_NAME = { names: 'variable-name', missing: MISSING } as const;
const INVALID = { status: 422, code: '422.invalid-argument' };
const reading = (variable_id: string) => ({ lists: [], variables: [{ variable_id, rights: ['read'] }] });

const MANAGED: readonly Operation[] = [
  { route: `GET ${ALL}`, need: manage, send: () => ({ url: ALL }), success: 200 },
  {
    route: `POST ${ALL}`,
    need: manage,
    send: (_, view) => ({ url: ALL, body: { name: view.newName(), type: 'Number', value: 1 } }),
    success: 201,
  },
  { route: `POST ${ALL}`, need: manage, send: () => ({ url: ALL, body: { nonsense: 1 } }), success: 422 },
  { ...NAMED, route: `GET ${ALL}/:variableId`, need: manage, send: (id) => ({ url: `${ALL}/${id}` }), success: 200 },
  {
    ...NAMED,
    route: `PATCH ${ALL}/:variableId`,
    need: manage,
    send: (id) => ({ url: `${ALL}/${id}`, body: { value: 'changed by the matrix' } }),
    success: 200,
  },
  {
    route: `PATCH ${ALL}/:variableId`,
    need: manage,
    send: (_, view) => ({ url: `${ALL}/${view.neverId}`, body: { nonsense: 1 } }),
    success: 422,
  },
  {
    ...NAMED,
    route: `DELETE ${ALL}/:variableId`,
    need: manage,
    send: (id) => ({ url: `${ALL}/${id}` }),
    success: 200,
    consumes: true,
  },
];

/** Named in the permissions of a group. */
const REFERENCES: readonly Operation[] = [
  {
    route: `POST ${GROUPS}`,
    need: groups,
    names: 'variable',
    send: (id, view) => ({ url: GROUPS, body: { name: view.newName(), permissions: reading(id) } }),
    success: 201,
    missing: INVALID,
  },
  {
    route: `PATCH ${GROUPS}/:groupId`,
    need: groups,
    names: 'variable',
    send: (id, view) => ({ url: `${GROUPS}/${view.ownGroupId}`, body: { permissions: reading(id) } }),
    success: 200,
    missing: INVALID,
  },
];

export const VARIABLE_OPERATIONS: readonly Operation[] = [
  ...MANAGED,
  ...REFERENCES,
  { route: `GET ${VALUES}`, need: touch('read', null), send: () => ({ url: VALUES }), success: 200 },
  {
    ...BY_NAME,
    route: `GET ${VALUES}/variable`,
    need: touch('read'),
    send: (name) => ({ url: `${VALUES}/variable?Name=${name}` }),
    success: 200,
  },
  {
    route: `GET ${VALUES}/variable`,
    need: touch('read', null),
    send: () => ({ url: `${VALUES}/variable` }),
    success: 422,
  },
  {
    ...BY_NAME,
    route: `PUT ${VALUES}/variable`,
    need: touch('write'),
    send: (name) => ({ url: `${VALUES}/variable`, body: { name, value: 'set by the matrix' } }),
    success: 200,
  },
  {
    route: `PUT ${VALUES}/variable`,
    need: touch('write', null),
    send: () => ({ url: `${VALUES}/variable`, body: { nonsense: 1 } }),
    success: 422,
  },
];
