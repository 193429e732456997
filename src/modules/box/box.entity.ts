import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import {
  binaryColumn,
  blobColumn,
  counterColumn,
  idColumn,
  jsonColumn,
  Lifecycle,
  stringColumn,
  timeColumn,
} from '../../database/index.js';

/** What was last known of a box. */
export type ReachedState = 'online' | 'offline' | 'unknown';

export type CredentialsKind = 'password' | 'token';

/** A machine with a display that the hub calls, and that reports itself. What it told is in `box_report`. */
@Entity('box')
@Unique('uq_box_hub', ['hubId', 'id'])
@Unique('uq_box_box_id', ['hubId', 'boxIdKey'])
@Unique('uq_box_token', ['tokenDigest'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_box_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class Box extends Lifecycle {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_box' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  /** How people and integrators name it, e.g. `PB0000PT`. */
  @Column(stringColumn(64, { name: 'box_id' }))
  boxId: string;

  /** Unique in the hub; null once deleted, so that the box id is free again. */
  @Column(stringColumn(64, { name: 'box_id_key', nullable: true }))
  boxIdKey: string | null;

  @Column(stringColumn(200))
  name: string;

  @Column(stringColumn(400, { name: 'name_key' }))
  nameKey: string;

  /** A label by which people sort boxes; nothing is decided by it. */
  @Column(stringColumn(200, { name: 'box_group', nullable: true }))
  group: string | null;

  /** `http://host:port`, always whole; null = the box is never called. */
  @Column(stringColumn(300, { nullable: true }))
  address: string | null;

  @Column(stringColumn(16, { name: 'credentials_kind', nullable: true }))
  credentialsKind: CredentialsKind | null;

  @Column(timeColumn({ name: 'credentials_at', nullable: true }))
  credentialsAt: number | null;

  @Column(blobColumn({ name: 'sealed_credentials', nullable: true }))
  sealedCredentials: Buffer | null;

  /** SHA-256 of the token by which the box reports itself; null = it cannot. */
  @Column(binaryColumn(32, { name: 'token_digest', nullable: true }))
  tokenDigest: Buffer | null;

  @Column(timeColumn({ name: 'token_at', nullable: true }))
  tokenAt: number | null;

  @Column(jsonColumn())
  properties: Record<string, string>;

  @Column(stringColumn(16))
  state: ReachedState;

  @Column(timeColumn({ name: 'state_at' }))
  stateAt: number;

  @Column(stringColumn(100, { name: 'runtime_version', nullable: true }))
  runtimeVersion: string | null;

  /** When it last answered or reported. */
  @Column(timeColumn({ name: 'last_seen_at', nullable: true }))
  lastSeenAt: number | null;

  @Column(counterColumn())
  revision: number;
}
