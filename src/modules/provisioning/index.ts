export * from './demo.service.js';
export * from './greeting.js';
export * from './hub-creation.service.js';
export * from './hub-deletion.service.js';
export * from './provisioning.module.js';
export * from './provisioning.service.js';
