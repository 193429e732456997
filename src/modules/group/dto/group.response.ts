import { type DataRight, type ListRight, NO_PERMISSIONS } from '../../../access/index.js';
import { CreatorResponse, EventsResponse } from '../../../common/http/contract.js';
import { taggedBy } from '../../../common/http/entity-tags.js';
import { type UserGroup } from '../user-group.entity.js';

class ListPermissionResponse {
  /** @example * */
  list_id: string;
  /** @example ["read", "add"] */
  rights: ListRight[];
  /** Ids of columns that this entry closes for adding and changing; absent = none. @example [2] */
  read_only_columns?: number[];
}

class BoxPermissionResponse {
  /** @example * */
  box_id: string;
  /** @example ["read"] */
  rights: DataRight[];
}

class VariablePermissionResponse {
  /** @example * */
  variable_id: string;
  /** @example ["read"] */
  rights: DataRight[];
}

class GroupPermissionsResponse {
  lists: ListPermissionResponse[];
  boxes: BoxPermissionResponse[];
  variables: VariablePermissionResponse[];
  /** @example ["read", "write"] */
  alerts: DataRight[];
}

/** A user group: what data its keys may touch. */
export class GroupResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  hub_id: string;
  /** @example Warehouse */
  name: string;
  /** @example "Forklifts and scanners" */
  description: string | null;
  permissions: GroupPermissionsResponse;
  creator: CreatorResponse;
  events: EventsResponse;

  static from(group: UserGroup): GroupResponse {
    return taggedBy(group, {
      id: group.id,
      hub_id: group.hubId,
      name: group.name,
      description: group.description,
      permissions: structuredClone({ ...NO_PERMISSIONS, ...group.permissions }) as GroupPermissionsResponse,
      creator: { id: group.creatorId, type: group.creatorType },
      events: EventsResponse.from(group),
    });
  }
}
