import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { ALL_SCOPES, type PrincipalRecord, SessionDirectory, type SessionRecord } from '../../access/index.js';
import { Database } from '../../database/index.js';
import { ROLE_COLUMNS, type RoleColumns, roleFrom } from '../role/index.js';

interface Row extends RoleColumns {
  session_id: string;
  expires_at: number;
  ended_at: number | null;
  second_factor: number;
  password_once: number;
  account_id: string;
  email: string;
  verified_at: number | null;
  account_state: string;
  hub_id: string | null;
  hub_name: string;
  hub_state: string;
  hub_security: string;
}

/** By hand because it is the hot miss: one row for each hub that the account is a member of, or one without a hub. */
const SELECT = `
  SELECT s.id AS session_id, s.expires_at, s.ended_at, s.second_factor, s.password_once,
    a.id AS account_id, a.email, a.verified_at, a.state AS account_state,
    h.id AS hub_id, h.name AS hub_name, h.state AS hub_state, h.security AS hub_security,
    ${ROLE_COLUMNS}
  FROM account_session s
  JOIN account a ON a.id = s.account_id
  LEFT JOIN membership m ON m.member_id = a.id
  LEFT JOIN hub h ON h.id = m.hub_id
  LEFT JOIN role r ON r.hub_id = m.hub_id AND r.id = m.role_id`;

/** Looks sessions up for the access core, in one join. */
@Injectable()
export class AccountSessionDirectory extends SessionDirectory {
  constructor(private readonly database: Database) {
    super();
  }

  async findByDigest(sessionId: string, digest: Buffer): Promise<SessionRecord | null> {
    const session = toSession(await this.database.query<Row>(`${SELECT} WHERE s.digest = ?`, [digest]));
    return session?.sessionId === sessionId ? session : null;
  }

  async findById(sessionId: string, tx: EntityManager): Promise<SessionRecord | null> {
    return toSession((await tx.query(`${SELECT} WHERE s.id = ?`, [sessionId])) as Row[]);
  }

  async lockAccount(tx: EntityManager, accountId: string): Promise<void> {
    await tx.query(`SELECT id FROM account WHERE id = ?${this.database.forUpdate}`, [accountId]);
  }
}

function toSession(rows: readonly Row[]): SessionRecord | null {
  const row = rows.at(0);
  if (!row) {
    return null;
  }
  const homes = rows.flatMap((one) => (one.hub_id === null ? [] : [[one.hub_id, toRecord(one, one.hub_id)] as const]));
  return {
    sessionId: row.session_id,
    accountId: row.account_id,
    email: row.email,
    verified: row.verified_at !== null,
    accountLive: row.account_state === 'live',
    live: row.ended_at === null,
    expiresAt: Number(row.expires_at),
    secondFactor: row.second_factor === 1,
    passwordOnce: row.password_once === 1,
    memberships: new Map(homes),
  };
}

/** A member is confined by nothing but its role: no addresses, no domains, no end, and every scope to hand on. */
function toRecord(row: Row, hubId: string): PrincipalRecord {
  const { force_2fa = false } = JSON.parse(row.hub_security) as { force_2fa?: boolean };
  return {
    hubId,
    hubName: row.hub_name,
    hubLive: row.hub_state === 'live',
    subjectType: 'account',
    subjectId: row.account_id,
    subjectName: row.email,
    subjectLive: row.account_state === 'live',
    kv: 0,
    expiresAt: null,
    ips: null,
    scopes: ALL_SCOPES,
    credentialId: row.session_id,
    credentialEndsAt: Number(row.expires_at),
    credentialLive: row.ended_at === null,
    requiresDomain: false,
    lacksSecondFactor: force_2fa && row.second_factor !== 1,
    role: roleFrom(row),
    group: null,
  };
}
