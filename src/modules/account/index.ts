export * from './account.module.js';
export * from './email-address.js';
