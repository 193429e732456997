import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { platformPrincipal, type Principal } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { Database } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { HubService } from '../hub/index.js';
import { haveSameColumns, type List, ListFilling, ListSweeper, RowWriteRepository } from '../list/index.js';
import { ImportActors } from './import-actors.js';
import { laidOut } from './import-columns.js';
import { type ListImport } from './list-import.entity.js';
import { ImportStoppedError, SupersededError } from './list-import.errors.js';
import { ListImportRepository } from './list-import.repository.js';
import { factsOf } from './list-import.service.js';

const DAY_MILLISECONDS = 86_400_000;

/** The moments of an import that change more than rows: when writing begins, and how it ends. Each is one transaction. */
@Injectable()
export class ImportEnd {
  constructor(
    private readonly imports: ListImportRepository,
    private readonly actors: ImportActors,
    private readonly filling: ListFilling,
    private readonly writes: RowWriteRepository,
    private readonly hubs: HubService,
    private readonly activity: ActivityRecorder,
    private readonly sweeper: ListSweeper,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** All rows were checked. What replaces or makes a list is filled where nobody sees it. */
  async beginWriting(made: ListImport): Promise<void> {
    await this.database.transaction(async (tx) => {
      const actor = await this.actors.admitted(tx, made);
      const hiddenId = await this.hide(tx, actor, made);
      const from = { nextOffset: made.beginOffset, nextRow: 2 };
      if (!(await this.imports.advance(tx, made, { phase: 'write', hiddenId, ...from }))) {
        throw new SupersededError();
      }
    });
  }

  /** All rows were written. */
  async complete(made: ListImport): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      const actor = await this.actors.admitted(tx, made);
      if (!(await this.imports.advance(tx, made, { phase: 'wiped', endedAt: now }))) {
        return;
      }
      const list = await this.getList(tx, made.hubId, made.listId);
      if (made.mode === 'replace') {
        await this.replace(tx, actor, made, list, now);
      } else if (made.mode === 'create') {
        await this.show(tx, actor, list, now);
      }
      await this.tell(tx, actor, made, now);
    });
    this.sweeper.wake();
  }

  /** Nothing more is written, and what nobody has seen yet nobody will see. */
  async fail(made: ListImport, reason: string): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      const error = reason.slice(0, 1000);
      if (!(await this.imports.advance(tx, made, { phase: 'failed', error, endedAt: now }))) {
        return;
      }
      if (made.hiddenId !== null) {
        await this.filling.giveUp(tx, made.hubId, made.hiddenId, now);
      }
      const actor = (await this.actors.whoAsked(made, tx)) ?? platformPrincipal(made.hubId);
      await this.tell(tx, actor, made, now, error);
    });
    this.sweeper.wake();
  }

  private async hide(tx: EntityManager, actor: Principal, made: ListImport): Promise<string | null> {
    const now = this.clock.now();
    const { hubId, listId, mode, columns, accepted } = made;
    if (mode === 'append') {
      return null;
    }
    if (mode === 'create') {
      const number = await this.hubs.takeListNumber(tx, hubId);
      const input = { id: listId, number, name: made.listName ?? '', columns: laidOut(columns) };
      await this.filling.begin({ tx, actor, now }, input);
      return listId;
    }
    const list = await this.getList(tx, hubId, listId);
    const number = await this.hubs.takeListNumber(tx, hubId);
    return (await this.filling.beginBeside({ tx, now }, list, number, accepted)).id;
  }

  private async replace(tx: EntityManager, actor: Principal, made: ListImport, list: List, now: number): Promise<void> {
    const hidden = await this.getList(tx, made.hubId, made.hiddenId ?? '');
    if (!haveSameColumns(hidden, list)) {
      throw new ImportStoppedError(
        'The columns of the list were changed during the import. Its rows are as they were.',
      );
    }
    const day = Math.floor(now / DAY_MILLISECONDS);
    await this.filling.takeOver(tx, hidden, list, now);
    await this.writes.countWrite(tx, list, actor.record.subjectId, day, 'cleared', list.rowCount);
    await this.writes.countWrite(tx, list, actor.record.subjectId, day, 'added', hidden.rowCount);
  }

  private async show(tx: EntityManager, actor: Principal, list: List, now: number): Promise<void> {
    await this.filling.show(tx, list, now);
    const day = Math.floor(now / DAY_MILLISECONDS);
    await this.writes.countWrite(tx, list, actor.record.subjectId, day, 'added', list.rowCount);
    const { name, number, description, columns, id } = list;
    const after = {
      name,
      number,
      description,
      columns: columns.map(({ name: column, type }) => ({ name: column, type })),
    };
    await this.activity.recordChange({ tx, actor, now }, 'hub.list.create', { type: 'list', id }, {}, after);
  }

  private async getList(tx: EntityManager, hubId: string, id: string): Promise<List> {
    const list = await this.filling.lock(tx, hubId, id);
    if (!list) {
      throw new ImportStoppedError('The list was deleted during the import.');
    }
    return list;
  }

  private async tell(
    tx: EntityManager,
    actor: Principal,
    made: ListImport,
    now: number,
    error?: string,
  ): Promise<void> {
    const { accepted, refused, written, listId } = made;
    await this.activity.record(tx, actor, now, {
      event: 'hub.list.import.end',
      status: error === undefined ? 'success' : 'alert',
      component: { type: 'list', id: listId },
      annotations: { ...factsOf(made), accepted, refused, written, ...(error === undefined ? {} : { error }) },
    });
  }
}
