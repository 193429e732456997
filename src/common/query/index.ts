export * from './flat-query.js';
export { type QueryPair, readQuery } from './query-string.js';
export * from './resource-query.js';
