import { type CapabilitySet, type RoleFacts } from '../../access/index.js';

/** What a look-up of a principal selects of its role, from the table `role` as `r`. */
export const ROLE_COLUMNS = `r.id AS role_id, r.identifier AS role_identifier, r.role_rank, r.root AS role_root,
    r.capabilities AS role_capabilities, r.deleted_at AS role_deleted_at`;

/** A row of it. */
export interface RoleColumns {
  role_id: string;
  role_identifier: string;
  role_rank: number;
  role_root: number;
  role_capabilities: string;
  role_deleted_at: number | null;
}

export function roleFrom(row: RoleColumns): RoleFacts {
  return {
    id: row.role_id,
    identifier: row.role_identifier,
    live: row.role_deleted_at === null,
    rank: row.role_rank,
    root: row.role_root === 1,
    capabilities: JSON.parse(row.role_capabilities) as CapabilitySet,
  };
}
