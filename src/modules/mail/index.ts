export { type Mail, MailTransport, type ReadyMail } from './mail.js';
export * from './mail.module.js';
export * from './mail-worker.js';
export * from './mailer.js';
