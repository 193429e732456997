import {
  EVERY,
  type GroupPermissions,
  LIST_RIGHTS,
  type ListRight,
  platformPrincipal,
  type Scope,
  SCOPES,
} from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { Database } from '../../src/database/index.js';
import { ApiKeyService, SecretService } from '../../src/modules/api-key/index.js';
import { BoxService } from '../../src/modules/box/index.js';
import { GroupService } from '../../src/modules/group/index.js';
import { type GroupPermissionsDto } from '../../src/modules/group/dto/group.dto.js';
import { HubService } from '../../src/modules/hub/index.js';
import { ListService } from '../../src/modules/list/index.js';
import { RoleService } from '../../src/modules/role/index.js';
import { type Client } from './client.js';
import { type TestApp } from './test-app.js';

export interface TestHub {
  readonly id: string;
  readonly name: string;
  /** Roles that every hub has, by identifier. */
  readonly roles: Readonly<Record<string, string>>;
}

/** Exactly what a caller may do. What is left out, it may not. */
export interface KeySpec {
  readonly hub: TestHub;
  readonly name?: string;
  readonly capabilities?: readonly string[];
  readonly rank?: number;
  /** A role that exists, instead of one made from capabilities and rank. */
  readonly roleId?: string;
  readonly groupId?: string;
  readonly scopes?: readonly Scope[];
  readonly ips?: readonly string[];
  readonly expiresAt?: string;
}

export interface TestKey {
  readonly id: string;
  readonly secret: string;
  readonly roleId: string;
}

/** A key with its new secret, and which rows its secrets are. */
export interface RotatedKey extends TestKey {
  readonly secretId: string;
  readonly replacedId: string;
}

export interface TestBox {
  readonly id: string;
  readonly boxId: string;
}

type TestBoxSpec = Parameters<BoxService['create']>[1];

const STOCK_COLUMNS = [
  { name: 'MaterialNo', type: 'String' as const },
  { name: 'Quantity', type: 'Number' as const },
  { name: 'Locked', type: 'Boolean' as const },
];

/** Makes what a test needs through the services, as the platform. */
export class Factory {
  constructor(private readonly app: TestApp) {}

  async hub(name = `Hub ${newId()}`): Promise<TestHub> {
    const now = this.app.clock.now();
    return this.app.nest.get(Database).transaction(async (tx) => {
      const creator = { id: '0'.repeat(24), type: 'platform' as const };
      const hub = await this.app.nest.get(HubService).create(tx, name, creator);
      const roles = await this.app.nest.get(RoleService).createDefaults(tx, hub.id, creator, now);
      return { id: hub.id, name, roles: Object.fromEntries([...roles].map(([key, role]) => [key, role.id])) };
    });
  }

  async role(hub: TestHub, capabilities: readonly string[], rank: number): Promise<string> {
    const input = { identifier: 'made-for-test', rank, capabilities: { all: false, specific: [...capabilities] } };
    return (await this.app.nest.get(RoleService).create(platformPrincipal(hub.id), input)).id;
  }

  async key(spec: KeySpec): Promise<TestKey> {
    const { hub, capabilities = [], rank = 5, name = 'test key', groupId = null, scopes = [] } = spec;
    const roleId = spec.roleId ?? (await this.role(hub, capabilities, rank));
    const { key, secret } = await this.app.nest.get(ApiKeyService).create(platformPrincipal(hub.id), {
      name,
      role_id: roleId,
      group_id: groupId,
      scopes: [...scopes],
      ips: spec.ips ? [...spec.ips] : null,
      expires_at: spec.expiresAt ?? null,
    });
    return { id: key.id, secret, roleId };
  }

  /** Gives the key a new secret; the old one goes on for the overlap. */
  async rotate(hub: TestHub, key: TestKey, overlapSeconds = 3600): Promise<RotatedKey> {
    const service = this.app.nest.get(SecretService);
    const { text, made, replaced } = await service.rotate(platformPrincipal(hub.id), key.id, overlapSeconds);
    return { ...key, secret: text, secretId: made.secret.id, replacedId: replaced?.secret.id ?? '' };
  }

  /** A root key of the hub, as bootstrap makes one. */
  ownerKey(hub: TestHub): Promise<TestKey> {
    return this.key({ hub, name: 'owner', roleId: hub.roles.owner });
  }

  /** A caller at the management door with exactly these capabilities. */
  async caller(spec: KeySpec): Promise<Client> {
    return this.app.as((await this.key(spec)).secret);
  }

  /** A group with the same rights on every list, or with these permissions. */
  async group(hub: TestHub, permissions: GroupPermissions | readonly ListRight[] = LIST_RIGHTS): Promise<string> {
    const whole = 'lists' in permissions ? permissions : { lists: [{ list_id: EVERY, rights: permissions }] };
    const input = { name: `Group ${newId()}`, permissions: structuredClone(whole) as GroupPermissionsDto };
    return (await this.app.nest.get(GroupService).create(platformPrincipal(hub.id), input)).id;
  }

  /** The list of the samples, without rows. */
  async list(hub: TestHub, name = 'StockInfo'): Promise<{ id: string; name: string }> {
    const input = { name, columns: STOCK_COLUMNS.map((column) => ({ ...column })) };
    const list = await this.app.nest.get(ListService).create(platformPrincipal(hub.id), input);
    return { id: list.id, name };
  }

  /** A box that nobody has heard of yet, with a box id of its own unless said. */
  async box(hub: TestHub, spec: Partial<TestBoxSpec> = {}): Promise<TestBox> {
    const boxId = spec.box_id ?? `PB${newId().slice(-8)}`;
    const service = this.app.nest.get(BoxService);
    const { box } = await service.create(platformPrincipal(hub.id), { name: boxId, ...spec, box_id: boxId });
    return { id: box.id, boxId };
  }

  /** The token by which a box reports itself. */
  async boxToken(hub: TestHub, { id }: TestBox): Promise<string> {
    return (await this.app.nest.get(BoxService).makeToken(platformPrincipal(hub.id), id)).token;
  }

  /** An integrator's key: all rights on every list and all scopes, unless said. */
  async integrationKey(
    hub: TestHub,
    spec: Partial<KeySpec> & { rights?: readonly ListRight[] } = {},
  ): Promise<TestKey> {
    const groupId = spec.groupId ?? (await this.group(hub, spec.rights ?? LIST_RIGHTS));
    return this.key({ scopes: SCOPES, roleId: hub.roles.integration, ...spec, hub, groupId });
  }

  /** Exchanges a key for a token, as an integrator does. */
  async token(key: TestKey): Promise<string> {
    const answer = await this.app.anonymous.with({ apiKey: key.secret }).get('/public-api/v1/auth/token').expect(200);
    return (answer.body as { accessToken: string }).accessToken;
  }

  /** A caller at the public door. */
  async integrator(hub: TestHub, spec: Partial<KeySpec> & { rights?: readonly ListRight[] } = {}): Promise<Client> {
    return this.app.as(await this.token(await this.integrationKey(hub, spec)));
  }
}
