export * from './alert.module.js';
export * from './alert-notice-queue.js';
export * from './alert-purge.js';
export * from './hub-alerts.js';
