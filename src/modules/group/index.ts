export * from './group.module.js';
export * from './group.service.js';
export { type UserGroup } from './user-group.entity.js';
