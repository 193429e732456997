import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, type Caller, CurrentCaller } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { JobResponse } from './dto/job.response.js';
import { JobService } from './job.service.js';

@ApiTags('Jobs')
@Controller('v1/jobs')
export class JobController {
  constructor(private readonly jobs: JobService) {}

  /** One job. You see those that you made; those of others in a hub of yours need `apionly-jobs-view`. */
  @Get(':jobId')
  @Authenticated('key-or-session')
  @Answers(JobResponse)
  async get(@CurrentCaller() caller: Caller, @Param('jobId') id: string): Promise<Envelope<JobResponse>> {
    return { data: JobResponse.from(await this.jobs.get(caller, id)) };
  }
}
