import {
  CAPABILITY_NAMES,
  effectivePermissions,
  holdsCapability,
  NO_PERMISSIONS,
  type Principal,
  scopeNames,
} from '../../../access/index.js';
import { isoOrNull } from '../../../common/http/contract.js';

class NamedResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example "Plant Nord" */
  name: string;
}

class WhoamiRoleResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example owner */
  identifier: string;
  /** @example 10 */
  rank: number;
  /** @example true */
  root: boolean;
}

class ListRightsResponse {
  /** A list's id, or `*` for every list. @example * */
  list_id: string;
  /** @example ["read", "add"] */
  rights: string[];
  /** Ids of columns of which this entry lets nobody write a value. Absent where there is none. @example [3] */
  read_only_columns?: number[];
}

class BoxRightsResponse {
  /** A box's id, or `*` for every box. @example * */
  box_id: string;
  /** @example ["read"] */
  rights: string[];
}

class VariableRightsResponse {
  /** A variable's id, or `*` for every variable. @example * */
  variable_id: string;
  /** @example ["read"] */
  rights: string[];
}

class RightsResponse {
  lists: ListRightsResponse[];
  boxes: BoxRightsResponse[];
  variables: VariableRightsResponse[];
  /** On the alerts of one's own group. @example ["read", "write"] */
  alerts: string[];
}

/** Who the server takes the caller for, and everything it may do: the same facts that the guard decides by. */
export class WhoamiResponse {
  /** `api-key`, `access-token` or `session`. @example api-key */
  kind: string;
  hub: NamedResponse;
  /** Null for a person. */
  api_key: NamedResponse | null;
  /** Null for a key; its name is the e-mail address. */
  account: NamedResponse | null;
  role: WhoamiRoleResponse;
  group: NamedResponse | null;
  /** @example ["api-keys-manage"] */
  capabilities: string[];
  /** @example ["read:lists"] */
  scopes: string[];
  /** What the group grants and the scopes let through. */
  rights: RightsResponse;
  /** When the credential ends by itself; null = never. @example 2030-01-01T00:00:00.000Z */
  expires_at: string | null;
  /** The client address as this server sees it; null = it could not be told. @example 192.0.2.10 */
  client_address: string | null;

  static from({ kind, record, scopes, expiresAt, address }: Principal): WhoamiResponse {
    const { role, group } = record;
    const held =
      kind === 'access-token' ? [] : CAPABILITY_NAMES.filter((name) => holdsCapability(role.capabilities, name));
    const subject = { id: record.subjectId, name: record.subjectName };
    const rights = effectivePermissions(group?.permissions ?? NO_PERMISSIONS, scopes);
    return {
      kind,
      hub: { id: record.hubId, name: record.hubName },
      api_key: kind === 'session' ? null : subject,
      account: kind === 'session' ? subject : null,
      role: { id: role.id, identifier: role.identifier, rank: role.rank, root: role.root },
      group: group && { id: group.id, name: group.name },
      capabilities: held,
      scopes: scopeNames(scopes),
      rights: structuredClone(rights) as RightsResponse,
      expires_at: isoOrNull(expiresAt),
      client_address: address?.text ?? null,
    };
  }
}
