export * from './hub-lists.js';
export * from './list.module.js';
export * from './list.service.js';
export { type List } from './list.entity.js';
export * from './row.service.js';
