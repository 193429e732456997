export * from './api-key.module.js';
export * from './api-key.service.js';
export * from './last-use-writer.js';
export { type ApiKey } from './api-key.entity.js';
export { CREATED_FATES, type CreatedFate } from './created-keys.js';
export { CreateApiKeyDto } from './dto/api-key.dto.js';
export { CreatedByKeyResponse, DeletedKeyMetaResponse } from './dto/created-keys.response.js';
export * from './secret.service.js';
export * from './ended-secret-watch.js';
