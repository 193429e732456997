export { DEFAULT_ROLES } from './default-roles.js';
export * from './role.module.js';
export * from './role.service.js';
export * from './role-columns.js';
export * from './dto/role.response.js';
export { type Role } from './role.entity.js';
