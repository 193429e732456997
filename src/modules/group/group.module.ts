import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { BoxModule } from '../box/index.js';
import { ListModule } from '../list/index.js';
import { VariableModule } from '../variable/index.js';
import { GroupController } from './group.controller.js';
import { GroupRepository } from './group.repository.js';
import { GroupService } from './group.service.js';
import { PermissionReader } from './permission-reader.js';

@Module({
  imports: [ActivityModule, BoxModule, ListModule, VariableModule],
  controllers: [GroupController],
  providers: [GroupRepository, GroupService, PermissionReader],
  exports: [GroupService],
})
export class GroupModule {}
