export { type HubNetwork } from './hub-network.entity.js';
export * from './hub-networks.js';
export { NameResolver } from './name-resolver.js';
export * from './outbound-client.js';
export * from './outbound.js';
export * from './outbound.module.js';
