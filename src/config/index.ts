export * from './config.js';
export * from './config.module.js';
export * from './environment.error.js';
export * from './environment.js';
export type { MailSettings, SmtpServer } from './mail.js';
export type { OutboundSettings } from './outbound.js';
export * from './secret.js';
