import { Module } from '@nestjs/common';
import { JobHandlers } from './job-handlers.js';
import { JobWorker } from './job-worker.js';
import { JobController } from './job.controller.js';
import { JobRepository } from './job.repository.js';
import { JobService } from './job.service.js';

@Module({
  controllers: [JobController],
  providers: [JobHandlers, JobRepository, JobService, JobWorker],
  exports: [JobHandlers, JobService, JobWorker],
})
export class JobModule {}
