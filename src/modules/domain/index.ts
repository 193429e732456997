export * from './gate/index.js';
export * from './domain-claims.js';
export { type Domain } from './domain.entity.js';
export * from './domain.module.js';
export { DOMAINS_MAX } from './domain.service.js';
export * from './hub-domains.js';
