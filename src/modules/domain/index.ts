export * from './gate/index.js';
export * from './domain-claims.js';
export { FIREWALL } from './domain-rule.entity.js';
export { type Domain } from './domain.entity.js';
export * from './domain.module.js';
export { DOMAINS_MAX } from './domain.service.js';
export { HOST_NAME_LENGTH_MAX } from './host-name.js';
export * from './hub-domains.js';
export { PHASES } from './phase.js';
