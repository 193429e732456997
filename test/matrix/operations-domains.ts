import { FILTER, RULE } from '../domain/support.js';
import { type Need, type Operation, type View } from './policy.js';

const ALL = '/api/v1/domains';
const ONE = `${ALL}/:domain`;
const RULES = `${ONE}/services/rp/rules`;
const PHASE = `${RULES}/phases/:phase`;
const need: Need = { by: 'key with', capability: 'domains-manage' };
const missing = { status: 404, code: '404.hub.domain' };
const DOMAIN = { need, names: 'domain', missing } as const;
/** A rule, as its path below the domains. */
const RULE_OF = { need, names: 'domain-rule', missing } as const;
const LIST_OF = { need, names: 'rule-list', missing } as const;

const below = (path: string) => (domain: string) => ({ url: `${ALL}/${domain}/services/rp/rules${path}` });
const nobodys =
  (path: string) =>
  (_: string, { neverId }: View) => ({
    url: `${ALL}/${neverId}.example.com/services/rp/rules${path}`,
    body: { nonsense: 1 },
  });
const at = (path: string) => ({ url: `${ALL}/${path}` });
const slug = (view: View): string => view.newName().replaceAll(' ', '-').toLowerCase();

const CLAIMS: readonly Operation[] = [
  { route: `GET ${ALL}`, need, send: () => ({ url: ALL }), success: 200 },
  {
    route: `POST ${ALL}`,
    need,
    send: (_, view) => ({ url: ALL, body: { name: `${slug(view)}.example.com` } }),
    success: 201,
  },
  { route: `POST ${ALL}`, need, send: () => ({ url: ALL, body: { nonsense: 1 } }), success: 400 },
  { ...DOMAIN, route: `GET ${ONE}`, send: at, success: 200 },
  { ...DOMAIN, route: `DELETE ${ONE}`, send: at, success: 204, consumes: true },
];

const RULE_OPERATIONS: readonly Operation[] = [
  { ...DOMAIN, route: `GET ${RULES}`, send: below(''), success: 200 },
  { ...DOMAIN, route: `GET ${RULES}/all`, send: below('/all'), success: 200 },
  { ...DOMAIN, route: `GET ${RULES}/firewall`, send: below('/firewall'), success: 200 },
  { ...DOMAIN, route: `GET ${PHASE}`, send: below('/phases/firewall'), success: 200 },
  {
    ...DOMAIN,
    route: `POST ${PHASE}`,
    send: (domain) => ({ ...below('/phases/firewall')(domain), body: RULE }),
    success: 201,
  },
  { route: `POST ${PHASE}`, need, send: nobodys('/phases/firewall'), success: 400 },
  { ...RULE_OF, route: `GET ${PHASE}/rule/:uuid`, send: at, success: 200 },
  {
    ...RULE_OF,
    route: `PATCH ${PHASE}/rule/:uuid`,
    send: (path) => ({ ...at(path), body: { name: 'Changed by the matrix', filter_str: FILTER } }),
    success: 204,
  },
  { route: `PATCH ${PHASE}/rule/:uuid`, need, send: nobodys('/phases/firewall/rule/x'), success: 400 },
  { ...RULE_OF, route: `DELETE ${PHASE}/rule/:uuid`, send: at, success: 204, consumes: true },
  {
    ...RULE_OF,
    route: `PUT ${PHASE}/reorder`,
    send: (path) => ({
      url: `${ALL}/${path.replace(/rule\/[^/]*$/, 'reorder')}`,
      body: { order: [path.slice(path.lastIndexOf('/') + 1)] },
    }),
    success: 204,
  },
  { route: `PUT ${PHASE}/reorder`, need, send: nobodys('/phases/firewall/reorder'), success: 400 },
];

const LIST_OPERATIONS: readonly Operation[] = [
  { ...DOMAIN, route: `GET ${RULES}/lists`, send: below('/lists'), success: 200 },
  {
    ...DOMAIN,
    route: `POST ${RULES}/lists`,
    send: (domain, view) => ({ ...below('/lists')(domain), body: { name: slug(view), type: 'ip', ips: [] } }),
    success: 201,
  },
  { route: `POST ${RULES}/lists`, need, send: nobodys('/lists'), success: 400 },
  { ...LIST_OF, route: `GET ${RULES}/lists/:uuid`, send: at, success: 200 },
  {
    ...LIST_OF,
    route: `PUT ${RULES}/lists/:uuid`,
    send: (path, view) => ({ ...at(path), body: { name: slug(view), type: 'string', strs: ['changed'] } }),
    success: 204,
  },
  { route: `PUT ${RULES}/lists/:uuid`, need, send: nobodys('/lists/x'), success: 400 },
  { ...LIST_OF, route: `DELETE ${RULES}/lists/:uuid`, send: at, success: 204, consumes: true },
];

export const DOMAIN_OPERATIONS: readonly Operation[] = [...CLAIMS, ...RULE_OPERATIONS, ...LIST_OPERATIONS];
