export { type AlertNotice } from './alert-notice.js';
export * from './alert-webhooks.js';
export * from './hub-subscriptions.js';
export * from './webhook.module.js';
export * from './webhook-worker.js';
