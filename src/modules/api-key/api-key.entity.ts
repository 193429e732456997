import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { HANDLE_KEY_LENGTH_MAX, HANDLE_LENGTH_MAX } from '../../common/handle.js';
import {
  counterColumn,
  idColumn,
  integerColumn,
  jsonColumn,
  Lifecycle,
  stringColumn,
  timeColumn,
} from '../../database/index.js';

export type ApiKeyState = 'live' | 'inactive' | 'deleted';

/** A machine's identity in one hub: one role, at most one group, scopes, addresses and an end. Its secrets are apart. */
@Entity('api_key')
@Unique('uq_api_key_hub', ['hubId', 'id'])
// A key that has ended has no handle: NULL is no duplicate of NULL, on every database.
@Index('uq_api_key_handle', ['hubId', 'handleKey'], { unique: true })
@Index('ix_api_key_list', ['hubId', 'state', 'id', 'nameKey'])
@Index('ix_api_key_name', ['hubId', 'state', 'nameKey', 'id'])
@Index('ix_api_key_expires', ['hubId', 'state', 'expiresAt', 'id'])
@Index('ix_api_key_used', ['hubId', 'state', 'usedAt', 'id'])
@Index('ix_api_key_created', ['hubId', 'state', 'createdAt', 'id'])
@Index('ix_api_key_updated', ['hubId', 'state', 'updatedAt', 'id'])
@Index('ix_api_key_creator', ['hubId', 'creatorId', 'state', 'id'])
@Index('ix_api_key_role_state', ['hubId', 'roleId', 'state', 'id'])
@Index('ix_api_key_group_state', ['hubId', 'groupId', 'state', 'id'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_api_key_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
@ForeignKey('Role', ['hubId', 'roleId'], ['hubId', 'id'], {
  name: 'fk_api_key_role',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
@ForeignKey('UserGroup', ['hubId', 'groupId'], ['hubId', 'id'], {
  name: 'fk_api_key_group',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class ApiKey extends Lifecycle {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_api_key' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(stringColumn(200))
  name: string;

  /** For the search; names of keys need not be unique. */
  @Column(stringColumn(400, { name: 'name_key' }))
  nameKey: string;

  /** What names the key at the account door, unlike its name for good; null once it has ended. */
  @Column(stringColumn(HANDLE_LENGTH_MAX, { nullable: true }))
  handle: string | null;

  /** The form of the handle that is compared, unique in the hub. */
  @Column(stringColumn(HANDLE_KEY_LENGTH_MAX, { name: 'handle_key', nullable: true }))
  handleKey: string | null;

  @Column(stringColumn(1000, { nullable: true }))
  description: string | null;

  @Column(idColumn({ name: 'role_id' }))
  roleId: string;

  @Column(idColumn({ name: 'group_id', nullable: true }))
  groupId: string | null;

  /** Bits of access/scopes. */
  @Column(integerColumn())
  scopes: number;

  /** Addresses and networks in canonical text; null = anywhere. */
  @Column(jsonColumn({ nullable: true }))
  ips: string[] | null;

  @Column(timeColumn({ name: 'expires_at', nullable: true }))
  expiresAt: number | null;

  @Column(stringColumn(16))
  state: ApiKeyState;

  @Column(timeColumn({ name: 'state_changed_at' }))
  stateChangedAt: number;

  /** Moves only when the key's tokens must die. */
  @Column(counterColumn())
  kv: number;

  /** Moves with every edit; the ETag's source. */
  @Column(counterColumn())
  revision: number;

  /** When any of its secrets was last used; 0 = never. For the order of lists: a read of the key asks its secrets. */
  @Column(timeColumn({ name: 'last_used_at', default: 0 }))
  usedAt: number;

  /** The day (UTC, counted from 1970) of the last alert that a secret of it was used after its end. */
  @Column(integerColumn({ name: 'reuse_alert_day', nullable: true }))
  reuseAlertDay: number | null;
}
