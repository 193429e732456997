import { Injectable } from '@nestjs/common';
import { creatorOf, type Mutation, Mutations, type Principal } from '../../access/index.js';
import { isId, newId } from '../../common/ids.js';
import { ActivityRecorder } from '../activity/index.js';
import { type Job, JobService } from '../job/index.js';
import { type List, ListFilling, ListNameTakenError, ListNotFoundError } from '../list/index.js';
import { type ImportQuery } from './dto/list-import.dto.js';
import { ImportActors, type ImportTarget } from './import-actors.js';
import { columnsNamed, columnsToMake } from './import-columns.js';
import { assertListName } from './list-name.js';
import { type ListImportRefusal } from './list-import-refusal.entity.js';
import { type ImportColumn, ListImport } from './list-import.entity.js';
import { ImportNotFoundError, ImportStoppedError } from './list-import.errors.js';
import { ListImportRepository } from './list-import.repository.js';
import { type Upload } from './upload.js';

export const IMPORT_ACTION = 'hub.list.import';

export interface ImportReport {
  readonly made: ListImport;
  readonly refusals: readonly ListImportRefusal[];
}

/** Takes files of rows in; the work is done afterwards, by `ListImportWork`. */
@Injectable()
export class ListImportService {
  constructor(
    private readonly imports: ListImportRepository,
    private readonly actors: ImportActors,
    private readonly filling: ListFilling,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly jobs: JobService,
  ) {}

  /** Asked before the file is received; `begin` asks again. */
  async assertMayBegin(principal: Principal, target: ImportTarget, name?: string): Promise<void> {
    if (target.mode !== 'create') {
      const list = isId(target.listId) ? await this.filling.find(principal.hubId, target.listId) : null;
      if (!list || list.nameKey === null) {
        throw new ListNotFoundError();
      }
    }
    this.actors.assertMay(principal, target);
    if (name !== undefined) {
      assertListName(name);
    }
  }

  begin(principal: Principal, target: ImportTarget, query: ImportQuery, upload: Upload): Promise<Job> {
    return this.mutations.run(principal, 'lists-manage', async (mutation) => {
      const { tx, actor, now } = mutation;
      const list = target.mode === 'create' ? null : await this.getList(actor, tx, target.listId);
      this.actors.assertMay(actor, target);
      const columns = list
        ? columnsNamed(list.columns, upload.facts.header)
        : columnsToMake(upload.facts.header, upload.facts.types, query.types);
      const listId = list?.id ?? newId(now);
      if (list) {
        this.actors.assertColumns(actor, list.id, columns);
      } else if (await this.filling.isTaken(tx, actor.hubId, query.name ?? '')) {
        throw new ListNameTakenError(query.name ?? '');
      }
      if (!(await this.imports.hold(tx, upload.id))) {
        throw new ImportStoppedError('The file is no longer kept, since its sender was gone. Send it again.');
      }
      const job = await this.jobs.queue(mutation, IMPORT_ACTION, { type: 'list', id: listId });
      const made = newImport(mutation, { ...query, mode: target.mode }, upload, { id: job.id, listId, columns });
      await this.imports.insert(tx, made);
      await this.activity.record(tx, actor, now, {
        event: 'hub.list.import.begin',
        component: { type: 'list', id: listId },
        annotations: factsOf(made),
      });
      return job;
    });
  }

  /** What it asked for and how far it has come, with the rows that were refused. No cell is among it. */
  async get(principal: Principal, id: string): Promise<ImportReport> {
    const made = await this.imports.find(principal.hubId, id);
    if (!made) {
      throw new ImportNotFoundError();
    }
    return { made, refusals: await this.imports.refusals(principal.hubId, id) };
  }

  private async getList(principal: Principal, tx: Mutation['tx'], id: string): Promise<List> {
    const list = await this.filling.lock(tx, principal.hubId, id);
    if (!list || list.nameKey === null) {
      throw new ListNotFoundError();
    }
    return list;
  }
}

export function factsOf(made: ListImport): Record<string, unknown> {
  const { id, mode, onError, listName, bytes, rowTotal, columns } = made;
  return {
    job: id,
    mode,
    on_error: onError,
    ...(listName === null ? {} : { name: listName }),
    bytes,
    rows: rowTotal,
    columns: columns.filter((column) => column.id !== null).map(({ name }) => name),
  };
}

function newImport(
  { actor, now }: Mutation,
  query: ImportQuery,
  { id: uploadId, bytes, facts }: Upload,
  own: { readonly id: string; readonly listId: string; readonly columns: ImportColumn[] },
): ListImport {
  const { id: creatorId, type: creatorType } = creatorOf(actor);
  return Object.assign(new ListImport(), {
    ...own,
    hubId: actor.hubId,
    listName: query.name?.trim() ?? null,
    mode: query.mode,
    onError: query.on_error,
    phase: 'check' as const,
    delimiter: facts.delimiter,
    uploadId,
    bytes,
    rowTotal: facts.rows,
    credentialId: actor.record.credentialId,
    address: actor.address?.text ?? null,
    request: actor.request,
    hiddenId: null,
    beginOffset: facts.begin,
    nextOffset: facts.begin,
    nextRow: 2,
    accepted: 0,
    refused: 0,
    written: 0,
    error: null,
    creatorType,
    creatorId,
    createdAt: now,
    endedAt: null,
  });
}
