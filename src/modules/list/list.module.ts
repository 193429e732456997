import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { HubModule } from '../hub/index.js';
import { JobModule } from '../job/index.js';
import { HubListRepository } from './hub-list.repository.js';
import { HubLists } from './hub-lists.js';
import { ListClearRepository } from './list-clear.repository.js';
import { ListColumnController } from './list-column.controller.js';
import { ListFilling } from './list-filling.js';
import { ListIndexRepository } from './list-index.repository.js';
import { ListIndexes } from './list-indexes.js';
import { ListStructure } from './list-structure.service.js';
import { ListSweepRepository } from './list-sweep.repository.js';
import { ListSweeper } from './list-sweeper.js';
import { ListController } from './list.controller.js';
import { ListPublicController } from './list.public-controller.js';
import { ListRepository } from './list.repository.js';
import { ListService } from './list.service.js';
import { RowChecker } from './row-checker.js';
import { RowGapRepository } from './row-gap.repository.js';
import { RowIndexRepository } from './row-index.repository.js';
import { RowOrderRepository } from './row-order.repository.js';
import { RowReader } from './row-reader.js';
import { RowRepository } from './row.repository.js';
import { RowService } from './row.service.js';
import { RowWriteRepository } from './row-write.repository.js';
import { SlotRepository } from './slot.repository.js';
import { SlotWorker } from './slot-worker.js';
import { SqlPublicController } from './sql/sql.public-controller.js';
import { SqlService } from './sql/sql.service.js';

@Module({
  imports: [ActivityModule, HubModule, JobModule],
  controllers: [ListController, ListColumnController, ListPublicController, SqlPublicController],
  providers: [
    HubListRepository,
    HubLists,
    ListClearRepository,
    ListFilling,
    ListIndexRepository,
    ListIndexes,
    ListRepository,
    ListService,
    ListStructure,
    ListSweepRepository,
    ListSweeper,
    RowChecker,
    RowGapRepository,
    RowIndexRepository,
    RowOrderRepository,
    RowReader,
    RowRepository,
    RowService,
    RowWriteRepository,
    SlotRepository,
    SlotWorker,
    SqlService,
  ],
  exports: [HubLists, ListFilling, ListRepository, ListService, ListSweeper, RowService, RowWriteRepository],
})
export class ListModule {}
