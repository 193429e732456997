export * from './list-import.module.js';
