export * from './demo.service.js';
export * from './greeting.js';
export * from './provisioning.module.js';
export * from './provisioning.service.js';
