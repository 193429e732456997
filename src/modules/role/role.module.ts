import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { JobModule } from '../job/index.js';
import { RoleController } from './role.controller.js';
import { RoleRepository } from './role.repository.js';
import { RoleService } from './role.service.js';

@Module({
  imports: [ActivityModule, JobModule],
  controllers: [RoleController],
  providers: [RoleRepository, RoleService],
  exports: [RoleService],
})
export class RoleModule {}
