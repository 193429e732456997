import { type Need, type Operation } from './policy.js';

const MEMBERS = '/v1/hubs/current/members';
const INVITES = '/v1/hubs/current/invites';
const ACCOUNT = '/v1/account';

const capability = (name: string): Need => ({ by: 'capability', capability: name });
const person: Need = { by: 'person' };
const view = capability('hubs-members-view');
const manage = capability('hubs-members-manage');
const NO_MEMBER = { status: 404, code: '404.hub.membership' };
const NO_INVITE = { status: 404, code: '404.hub.invitation' };

function get(path: string, need: Need): Operation {
  return { route: `GET ${path}`, need, send: () => ({ url: path }), success: 200 };
}

/** Members, invites, and what people see of both from outside of hubs. */
export const MEMBERSHIPS: readonly Operation[] = [
  get(MEMBERS, view),
  get('/v1/hubs/current/membership', { by: 'member' }),
  {
    route: `GET ${MEMBERS}/:memberId`,
    need: view,
    names: 'member',
    send: (id) => ({ url: `${MEMBERS}/${id}` }),
    success: 200,
    missing: NO_MEMBER,
  },
  {
    route: `GET ${MEMBERS}/account/:accountId`,
    need: view,
    names: 'member-account',
    send: (id) => ({ url: `${MEMBERS}/account/${id}` }),
    success: 200,
    missing: NO_MEMBER,
  },
  {
    route: `PATCH ${MEMBERS}/:memberId`,
    need: manage,
    names: 'member',
    send: (id, { lowRoleId }) => ({ url: `${MEMBERS}/${id}`, body: { role_id: lowRoleId } }),
    success: 200,
    missing: NO_MEMBER,
  },
  {
    route: `PATCH ${MEMBERS}/:memberId`,
    need: manage,
    send: (_, { neverId }) => ({ url: `${MEMBERS}/${neverId}`, body: { nonsense: 1 } }),
    success: 422,
  },
  {
    route: `DELETE ${MEMBERS}/:memberId`,
    need: manage,
    names: 'member',
    send: (id) => ({ url: `${MEMBERS}/${id}` }),
    success: 202,
    missing: NO_MEMBER,
    consumes: true,
  },
  get(INVITES, capability('hubs-invites-manage')),
  {
    route: `POST ${INVITES}`,
    need: capability('hubs-invites-send'),
    names: 'role',
    send: (role_id, our) => {
      const recipient = `${our.newName().replace(' ', '-')}@example.com`;
      return { url: INVITES, body: { recipient, role_id } };
    },
    success: 201,
    missing: { status: 422, code: '422.invalid-argument' },
  },
  {
    route: `DELETE ${INVITES}/:inviteId`,
    need: capability('hubs-invites-manage'),
    names: 'invite',
    send: (id) => ({ url: `${INVITES}/${id}` }),
    success: 200,
    missing: NO_INVITE,
    consumes: true,
  },
  get(`${ACCOUNT}/memberships`, person),
  get(`${ACCOUNT}/invites`, person),
  {
    route: `PATCH ${ACCOUNT}/invites/:inviteId`,
    need: person,
    names: 'invite',
    send: (id) => ({ url: `${ACCOUNT}/invites/${id}`, body: { accept: true } }),
    // None of these people was invited: to each, every invite is somebody else's.
    success: 404,
    missing: NO_INVITE,
  },
];
