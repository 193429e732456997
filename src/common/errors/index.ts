export * from './app-error.js';
export * from './http-errors.js';
