import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { HubModule } from '../hub/index.js';
import { JobModule } from '../job/index.js';
import { HubListRepository } from './hub-list.repository.js';
import { HubLists } from './hub-lists.js';
import { ListIndexRepository } from './list-index.repository.js';
import { ListIndexes } from './list-indexes.js';
import { ListSweepRepository } from './list-sweep.repository.js';
import { ListSweeper } from './list-sweeper.js';
import { ListController } from './list.controller.js';
import { ListRepository } from './list.repository.js';
import { ListFilling } from './list-filling.js';
import { ListPublicController } from './list.public-controller.js';
import { ListService } from './list.service.js';
import { RowGapRepository } from './row-gap.repository.js';
import { RowIndexRepository } from './row-index.repository.js';
import { RowOrderRepository } from './row-order.repository.js';
import { RowReader } from './row-reader.js';
import { RowRepository } from './row.repository.js';
import { RowService } from './row.service.js';
import { RowWriteRepository } from './row-write.repository.js';
import { SqlPublicController } from './sql/sql.public-controller.js';
import { SqlService } from './sql/sql.service.js';

@Module({
  imports: [ActivityModule, HubModule, JobModule],
  controllers: [ListController, ListPublicController, SqlPublicController],
  providers: [
    HubListRepository,
    HubLists,
    ListFilling,
    ListIndexRepository,
    ListIndexes,
    ListRepository,
    ListService,
    ListSweepRepository,
    ListSweeper,
    RowGapRepository,
    RowIndexRepository,
    RowOrderRepository,
    RowReader,
    RowRepository,
    RowService,
    RowWriteRepository,
    SqlService,
  ],
  exports: [HubLists, ListFilling, ListRepository, ListService, ListSweeper, RowService, RowWriteRepository],
})
export class ListModule {}
