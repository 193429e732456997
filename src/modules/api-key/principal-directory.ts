import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type GroupPermissions, PrincipalDirectory, type PrincipalRecord } from '../../access/index.js';
import { AddressList } from '../../common/ip/index.js';
import { Database } from '../../database/index.js';
import { ROLE_COLUMNS, type RoleColumns, roleFrom } from '../role/index.js';

interface Row extends RoleColumns {
  hub_id: string;
  hub_name: string;
  hub_state: string;
  hub_security: string;
  key_id: string;
  key_name: string;
  key_state: string;
  kv: number;
  expires_at: number | null;
  ips: string | null;
  scopes: number;
  secret_id: string;
  ends_at: number | null;
  secret_ended: number;
  group_id: string | null;
  group_name: string | null;
  group_permissions: string | null;
}

/** By hand because it is the hot miss: one SELECT by a unique key and four by primary keys, on every database. */
const SELECT = `
  SELECT s.hub_id, h.name AS hub_name, h.state AS hub_state, h.security AS hub_security,
    k.id AS key_id, k.name AS key_name, k.state AS key_state, k.kv, k.expires_at, k.ips, k.scopes,
    s.id AS secret_id, s.ends_at, s.ended AS secret_ended,
    ${ROLE_COLUMNS},
    g.id AS group_id, g.name AS group_name, g.permissions AS group_permissions
  FROM api_secret s
  JOIN api_key k ON k.hub_id = s.hub_id AND k.id = s.key_id
  JOIN hub h ON h.id = k.hub_id
  JOIN role r ON r.hub_id = k.hub_id AND r.id = k.role_id
  LEFT JOIN user_group g ON g.hub_id = k.hub_id AND g.id = k.group_id AND g.deleted_at IS NULL`;

/** Looks principals up for the access core, in one join. */
@Injectable()
export class ApiKeyDirectory extends PrincipalDirectory {
  constructor(private readonly database: Database) {
    super();
  }

  async findByDigest(keyId: string, digest: Buffer): Promise<PrincipalRecord | null> {
    const rows = await this.database.query<Row>(`${SELECT} WHERE s.digest = ?`, [digest]);
    return rows[0]?.key_id === keyId ? toRecord(rows[0]) : null;
  }

  async findBySecretId(secretId: string, tx?: EntityManager): Promise<PrincipalRecord | null> {
    const sql = `${SELECT} WHERE s.id = ?`;
    const rows = tx ? ((await tx.query(sql, [secretId])) as Row[]) : await this.database.query<Row>(sql, [secretId]);
    return rows[0] ? toRecord(rows[0]) : null;
  }

  async lockHub(tx: EntityManager, hubId: string): Promise<void> {
    await tx.query(`SELECT id FROM hub WHERE id = ?${this.database.forUpdate}`, [hubId]);
  }
}

function toRecord(row: Row): PrincipalRecord {
  return {
    hubId: row.hub_id,
    hubName: row.hub_name,
    hubLive: row.hub_state === 'live',
    subjectType: 'api-key',
    subjectId: row.key_id,
    subjectName: row.key_name,
    subjectLive: row.key_state === 'live',
    kv: Number(row.kv),
    expiresAt: toTime(row.expires_at),
    ips: row.ips === null ? null : AddressList.parse(JSON.parse(row.ips) as string[]),
    scopes: row.scopes,
    credentialId: row.secret_id,
    credentialEndsAt: toTime(row.ends_at),
    credentialLive: row.secret_ended === 0,
    requiresDomain: requiresDomain(row.hub_security),
    lacksSecondFactor: false,
    role: roleFrom(row),
    group:
      row.group_id === null
        ? null
        : {
            id: row.group_id,
            name: row.group_name ?? '',
            permissions: JSON.parse(row.group_permissions ?? '{"lists":[]}') as GroupPermissions,
          },
  };
}

/** What the hub has said; by default its keys are taken at every host. */
function requiresDomain(security: string): boolean {
  return (JSON.parse(security) as { require_domain?: boolean }).require_domain === true;
}

function toTime(value: number | null): number | null {
  return value === null ? null : Number(value);
}
