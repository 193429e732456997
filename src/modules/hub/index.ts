export * from './hub.module.js';
export * from './hub.service.js';
export { CreateHubDto } from './dto/hub.dto.js';
export * from './dto/hub.response.js';
export * from './dto/whoami.response.js';
export { type Hub } from './hub.entity.js';
