export * from './job.module.js';
export * from './job.service.js';
export * from './job-handlers.js';
export * from './job-worker.js';
export * from './dto/job-descriptor.response.js';
export { type Job } from './job.entity.js';
