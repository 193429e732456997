import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { HubModule } from '../hub/index.js';
import { JobModule } from '../job/index.js';
import { HubListRepository } from './hub-list.repository.js';
import { HubLists } from './hub-lists.js';
import { ListClearRepository } from './list-clear.repository.js';
import { ListColumnController } from './list-column.controller.js';
import { ListStructure } from './list-structure.service.js';
import { ListSweepRepository } from './list-sweep.repository.js';
import { ListSweeper } from './list-sweeper.js';
import { ListController } from './list.controller.js';
import { ListRepository } from './list.repository.js';
import { ListPublicController } from './list.public-controller.js';
import { ListService } from './list.service.js';
import { RowChecker } from './row-checker.js';
import { RowReader } from './row-reader.js';
import { RowRepository } from './row.repository.js';
import { RowService } from './row.service.js';
import { RowWriteRepository } from './row-write.repository.js';
import { SlotRepository } from './slot.repository.js';
import { SlotWorker } from './slot-worker.js';

@Module({
  imports: [ActivityModule, HubModule, JobModule],
  controllers: [ListController, ListColumnController, ListPublicController],
  providers: [
    HubListRepository,
    HubLists,
    ListClearRepository,
    ListRepository,
    ListService,
    ListStructure,
    ListSweepRepository,
    ListSweeper,
    RowChecker,
    RowReader,
    RowRepository,
    RowService,
    RowWriteRepository,
    SlotRepository,
    SlotWorker,
  ],
  exports: [HubLists, ListService, RowService],
})
export class ListModule {}
