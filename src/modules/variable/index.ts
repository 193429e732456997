export * from './hub-variables.js';
export * from './variable.module.js';
export * from './variable.service.js';
