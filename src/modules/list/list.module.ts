import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { HubModule } from '../hub/index.js';
import { JobModule } from '../job/index.js';
import { HubListRepository } from './hub-list.repository.js';
import { HubLists } from './hub-lists.js';
import { ListClearRepository } from './list-clear.repository.js';
import { ListSweepRepository } from './list-sweep.repository.js';
import { ListSweeper } from './list-sweeper.js';
import { ListController } from './list.controller.js';
import { ListRepository } from './list.repository.js';
import { ListPublicController } from './list.public-controller.js';
import { ListService } from './list.service.js';
import { RowReader } from './row-reader.js';
import { RowRepository } from './row.repository.js';
import { RowService } from './row.service.js';
import { RowWriteRepository } from './row-write.repository.js';

@Module({
  imports: [ActivityModule, HubModule, JobModule],
  controllers: [ListController, ListPublicController],
  providers: [
    HubListRepository,
    HubLists,
    ListClearRepository,
    ListRepository,
    ListService,
    ListSweepRepository,
    ListSweeper,
    RowReader,
    RowRepository,
    RowService,
    RowWriteRepository,
  ],
  exports: [HubLists, ListService, RowService],
})
export class ListModule {}
