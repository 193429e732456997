export * from './installation.module.js';
export * from './installation.service.js';
