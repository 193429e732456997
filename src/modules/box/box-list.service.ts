import { Injectable } from '@nestjs/common';
import { type Principal } from '../../access/index.js';
import { BoxAccess } from './box-access.js';
import { NoSuchListError, RowRefusedError } from './box-call.errors.js';
import { BoxClient, understood } from './box-client.js';
import { type BoxListName, type BoxTable, readListNames, readTable } from './box-table.js';
import { type Box } from './box.entity.js';

const ANSWER_BYTES_MAX = 4_194_304;

export interface BoxListQuery {
  readonly listName: string;
  readonly skip: number;
  readonly take: number;
}

/** The lists of what runs on a box. They are never kept here: rows that may have changed are no rows. */
@Injectable()
export class BoxListService {
  constructor(
    private readonly access: BoxAccess,
    private readonly client: BoxClient,
  ) {}

  async names(principal: Principal, boxId: string): Promise<BoxListName[]> {
    const box = await this.access.get(principal, 'read', boxId);
    const call = { method: 'GET', path: '/api/lists', maxAnswerBytes: ANSWER_BYTES_MAX } as const;
    return understood(box, readListNames, await this.client.json(box, call));
  }

  async read(principal: Principal, boxId: string, { listName, skip, take }: BoxListQuery): Promise<BoxTable> {
    const box = await this.access.get(principal, 'read', boxId);
    const told = await this.client.json(box, {
      method: 'GET',
      path: `${pathOf(box, listName)}?skip=${skip}&max=${take}`,
      maxAnswerBytes: ANSWER_BYTES_MAX,
      refusals: { 404: () => new NoSuchListError(box.boxId, 'list') },
    });
    return understood(box, (answer) => readTable(answer, take), told);
  }

  /** The row as the box keeps it. */
  async add(principal: Principal, boxId: string, listName: string, data: object): Promise<BoxTable> {
    const box = await this.access.get(principal, 'write', boxId);
    const path = `${pathOf(box, listName)}/rows`;
    await this.access.count(principal, box, 'changes');
    const refusals = { ...refused(box), 404: () => new NoSuchListError(box.boxId, 'list') };
    const call = {
      method: 'POST',
      path,
      body: data,
      maxAnswerBytes: ANSWER_BYTES_MAX,
      refusals,
      caller: principal,
    } as const;
    return understood(box, (answer) => readTable(answer, 1), await this.client.json(box, call));
  }

  async change(principal: Principal, boxId: string, listName: string, rowId: number, data: object): Promise<void> {
    const box = await this.access.get(principal, 'write', boxId);
    await this.write(principal, box, 'PUT', `${pathOf(box, listName)}/rows/${rowId}`, data);
  }

  async remove(principal: Principal, boxId: string, listName: string, rowId: number): Promise<void> {
    const box = await this.access.get(principal, 'write', boxId);
    await this.write(principal, box, 'DELETE', `${pathOf(box, listName)}/rows/${rowId}`);
  }

  private async write(
    principal: Principal,
    box: Box,
    method: 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<void> {
    await this.access.count(principal, box, 'changes');
    const refusals = { ...refused(box), 404: () => new NoSuchListError(box.boxId, 'list or row') };
    await this.client.call(box, { method, path, body, maxAnswerBytes: ANSWER_BYTES_MAX, refusals, caller: principal });
  }
}

/** A name of dots alone would climb in the path; no list has it. */
function pathOf(box: Box, listName: string): string {
  if (/^\.+$/.test(listName)) {
    throw new NoSuchListError(box.boxId, 'list');
  }
  return `/api/lists/${encodeURIComponent(listName)}`;
}

function refused({ boxId }: Box): Readonly<Record<number, () => RowRefusedError>> {
  return { 400: () => new RowRefusedError(boxId), 422: () => new RowRefusedError(boxId) };
}
