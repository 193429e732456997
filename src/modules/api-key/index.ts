export * from './api-key.module.js';
export * from './api-key.service.js';
export * from './last-use-writer.js';
export { type ApiKey } from './api-key.entity.js';
export { CreateApiKeyDto } from './dto/api-key.dto.js';
export * from './secret.service.js';
export * from './ended-secret-watch.js';
