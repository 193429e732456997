export * from './hub-lists.js';
export * from './index-lookup.js';
export { LIST_INDEX_JOB } from './list-indexes.js';
export * from './list.module.js';
export * from './list.service.js';
export { type List } from './list.entity.js';
export * from './row.service.js';
