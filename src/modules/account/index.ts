export * from './account.entity.js';
export * from './account.errors.js';
export * from './account.module.js';
export * from './account.service.js';
export * from './dto/public-account.response.js';
