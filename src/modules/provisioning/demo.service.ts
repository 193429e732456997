import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { DATA_RIGHTS, EVERY, platformPrincipal, type Principal, SCOPES } from '../../access/index.js';
import { ConflictError } from '../../common/errors/index.js';
import { Config } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { ApiKeyService, type CreatedApiKey } from '../api-key/index.js';
import { BoxService, type MadeToken } from '../box/index.js';
import { GroupService, type UserGroup } from '../group/index.js';
import { HubService } from '../hub/index.js';
import { type List, ListService, RowService } from '../list/index.js';
import { HubNetworks } from '../outbound/index.js';
import { RoleService } from '../role/index.js';
import { DemoNameTakenError, NoIntegrationRoleError } from './provisioning.errors.js';

const GROUP = 'Warehouse';
const LIST = 'StockInfo';
const ROLE = 'integration';
const BOX = { box_id: 'PB0000PT', name: 'Demo box', group: 'Demo' };

const RIGHTS = ['read', 'add', 'change', 'delete'] as const;

const COLUMNS = [
  { name: 'MaterialNo', type: 'String' },
  { name: 'Quantity', type: 'Number' },
  { name: 'Locked', type: 'Boolean' },
] as const;

const ROWS = [
  { MaterialNo: 'A-4711', Quantity: 12, Locked: false },
  { MaterialNo: 'A-4712', Quantity: 0, Locked: false },
  { MaterialNo: 'B-1001', Quantity: 250.5, Locked: false },
  { MaterialNo: 'B-1002', Quantity: 3, Locked: true },
  { MaterialNo: 'C-0815', Quantity: 48, Locked: false },
] as const;

/** What the demo made, with the only copy of its key's secret. */
export interface Demo extends CreatedApiKey {
  readonly group: UserGroup;
  readonly list: List;
  /** With the only copy of its token. */
  readonly box: MadeToken | null;
}

/** Where a box for the demo is played, by whoever runs the server. */
export interface PlayedBox {
  readonly host: string;
  readonly credentials: { readonly user: string; readonly password: string };
}

/** Fills a hub with something to try an integration on: a list with rows, a group that may touch it, a key of that group. */
@Injectable()
export class DemoService {
  constructor(
    private readonly database: Database,
    private readonly hubs: HubService,
    private readonly roles: RoleService,
    private readonly lists: ListService,
    private readonly rows: RowService,
    private readonly groups: GroupService,
    private readonly keys: ApiKeyService,
    private readonly boxes: BoxService,
    private readonly networks: HubNetworks,
    private readonly config: Config,
  ) {}

  /**
   * All of it or nothing. A second demo is refused rather than merged: the list may hold somebody's rows by then.
   * @throws HubNotFoundError
   * @throws DemoNameTakenError when the hub has a list, a group or a box of these names
   */
  async create(hubId: string, played: PlayedBox | null = null): Promise<Demo> {
    const hub = await this.hubs.get(hubId);
    try {
      return await this.database.transaction((tx) => this.make(tx, platformPrincipal(hub.id), played), {
        lane: 'access',
      });
    } catch (error) {
      throw error instanceof ConflictError ? new DemoNameTakenError(error, hub.id) : error;
    }
  }

  private async make(tx: EntityManager, platform: Principal, played: PlayedBox | null): Promise<Demo> {
    const role = await this.roles.findByDefault(tx, platform.hubId, ROLE);
    if (!role) {
      throw new NoIntegrationRoleError();
    }
    const list = await this.lists.create(platform, { name: LIST, columns: COLUMNS });
    for (const row of ROWS) {
      await this.rows.add(platform, LIST, row);
    }
    const box = played && (await this.makeBox(platform, played));
    const boxes = box ? [{ box_id: box.shown.box.id, rights: [...DATA_RIGHTS] }] : [];
    const permissions = {
      lists: [{ list_id: list.id, rights: [...RIGHTS] }],
      variables: [{ variable_id: EVERY, rights: [...DATA_RIGHTS] }],
      alerts: [...DATA_RIGHTS],
      ...(box && { boxes }),
    };
    const group = await this.groups.create(platform, { name: GROUP, permissions });
    const key = { name: 'Demo integration', role_id: role.id, group_id: group.id, scopes: [...SCOPES] };
    return { group, list, box, ...(await this.keys.create(platform, key)) };
  }

  /** Whoever starts the demo runs the server, and so may also say that the hub may call the box. */
  private async makeBox(platform: Principal, { host, credentials }: PlayedBox): Promise<MadeToken> {
    const address = `${host}:${this.config.outbound.boxPort}`;
    const { box } = await this.boxes.create(platform, { ...BOX, address, credentials });
    await this.networks.change(platform.hubId, { purposes: ['box'], allow: [host], deny: [], remove: [] });
    return this.boxes.makeToken(platform, box.id);
  }
}
