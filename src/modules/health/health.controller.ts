import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../access/index.js';
import { HealthService } from './health.service.js';

/** For load balancers: no credential, no version, nothing about the inside. */
@ApiExcludeController()
@Controller('healthz')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** The process answers. Never touches the database. */
  @Get('live')
  @Public()
  live(): { status: string } {
    return { status: 'HUB-LIVE' };
  }

  /** The process can serve: the database answers and it is not stopping. 503 otherwise. */
  @Get('ready')
  @Public()
  async ready(): Promise<{ status: string }> {
    await this.health.assertReady();
    return { status: 'HUB-READY' };
  }
}
