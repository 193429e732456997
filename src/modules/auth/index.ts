export * from './access-token.js';
export * from './auth.module.js';
export * from './signing-keys.js';
