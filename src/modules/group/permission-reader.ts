import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { EVERY, type GroupPermissions, type ListPermission, NO_PERMISSIONS } from '../../access/index.js';
import { BoxService } from '../box/index.js';
import { ListService } from '../list/index.js';
import { VariableService } from '../variable/index.js';
import { type GroupPermissionsDto } from './dto/group.dto.js';
import {
  ColumnsOfEveryListError,
  RepeatedTargetError,
  UnknownColumnIdError,
  UnknownTargetError,
} from './group.errors.js';

/** What the entries of one kind name: where they stand in the body, and how their ids are looked up. */
interface Kind {
  readonly area: 'lists' | 'boxes' | 'variables';
  readonly key: string;
  readonly noun: string;
  find(tx: EntityManager, hubId: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Turns the permissions of a request into those of a group: every id names something in the hub, and once. */
@Injectable()
export class PermissionReader {
  private readonly kinds: readonly Kind[];

  constructor(
    private readonly lists: ListService,
    boxes: BoxService,
    variables: VariableService,
  ) {
    this.kinds = [
      {
        area: 'lists',
        key: 'list_id',
        noun: 'list',
        find: (tx, hubId, ids) => lists.findIds(tx, hubId, ids),
      },
      {
        area: 'boxes',
        key: 'box_id',
        noun: 'box',
        find: (tx, hubId, ids) => boxes.findIds(tx, hubId, ids),
      },
      {
        area: 'variables',
        key: 'variable_id',
        noun: 'variable',
        find: (tx, hubId, ids) => variables.findIds(tx, hubId, ids),
      },
    ];
  }

  /**
   * @param present what the group has already; that may be repeated, also for a list that was deleted since
   * @throws InvalidInputError that points at the entry
   */
  async read(
    tx: EntityManager,
    hubId: string,
    input: GroupPermissionsDto | undefined,
    present: GroupPermissions = NO_PERMISSIONS,
  ): Promise<GroupPermissions> {
    // As the column will keep it: what was left out is not there.
    const wanted = input ? (JSON.parse(JSON.stringify(input)) as GroupPermissions) : { lists: NO_PERMISSIONS.lists };
    for (const kind of this.kinds) {
      await assertTargets(kind, idsOf(kind, wanted), idsOf(kind, present), (ids) => kind.find(tx, hubId, ids));
    }
    await this.assertColumns(tx, hubId, wanted.lists, present.lists);
    return wanted;
  }

  /** A column that was dropped may still be named: its id is nobody else's, so it closes nothing. */
  private async assertColumns(
    tx: EntityManager,
    hubId: string,
    wanted: readonly ListPermission[],
    present: readonly ListPermission[],
  ): Promise<void> {
    const naming = wanted.filter(({ read_only_columns: ids = [] }) => ids.length > 0);
    const columns = await this.lists.columnsOf(
      tx,
      hubId,
      naming.map((entry) => entry.list_id).filter((id) => id !== EVERY),
    );
    wanted.forEach(({ list_id, read_only_columns: ids = [] }, index) => {
      const source = `/permissions/lists/${index}/read_only_columns`;
      if (list_id === EVERY && ids.length > 0) {
        throw new ColumnsOfEveryListError(source);
      }
      const had = present.find((entry) => entry.list_id === list_id)?.read_only_columns ?? [];
      const list = columns.get(list_id) ?? { columns: [], lastColumnId: 0 };
      const unknown = ids.findIndex((id) => id > list.lastColumnId && !had.includes(id));
      if (unknown >= 0) {
        throw new UnknownColumnIdError(`${source}/${unknown}`, list.columns);
      }
    });
  }
}

function idsOf({ area, key }: Kind, permissions: GroupPermissions): string[] {
  return (permissions[area] ?? []).map((entry) => (entry as unknown as Readonly<Record<string, string>>)[key]);
}

async function assertTargets(
  kind: Kind,
  ids: readonly string[],
  present: readonly string[],
  find: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<void> {
  const repeated = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (repeated >= 0) {
    throw new RepeatedTargetError(kind.noun, pointer(kind, repeated));
  }
  const known = new Set([EVERY, ...present, ...(await find(ids.filter((id) => id !== EVERY)))]);
  const unknown = ids.findIndex((id) => !known.has(id));
  if (unknown >= 0) {
    throw new UnknownTargetError(kind.noun, pointer(kind, unknown));
  }
}

function pointer({ area, key }: Kind, index: number): string {
  return `/permissions/${area}/${index}/${key}`;
}
