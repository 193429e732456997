import {
  contractTime,
  CreatorResponse,
  EventsResponse,
  isoOrNull,
  StateResponse,
} from '../../../common/http/contract.js';
import { taggedBy } from '../../../common/http/entity-tags.js';
import { type Box, type CredentialsKind } from '../box.entity.js';

class BoxCredentialsResponse {
  /** @example password */
  kind: CredentialsKind;
  /** When they were set. @example 2026-03-01T08:00:00.000Z */
  set: string;
}

/** A box: how it is named and reached, and what was last known of it. Its credentials are never shown. */
export class BoxResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  hub_id: string;
  /** @example PB0000PT */
  box_id: string;
  /** @example "Packing line 3" */
  name: string;
  /** @example Packing */
  group: string | null;
  /** Null = the hub never calls it. @example "http://10.20.0.31:40404" */
  address: string | null;
  /** Null = none are set. */
  credentials: BoxCredentialsResponse | null;
  /** When the token was made by which the box reports itself; null = it has none. @example 2026-03-01T08:00:00.000Z */
  token_created: string | null;
  properties: Record<string, string>;
  /** `online`, `offline` or `unknown`, by its last report or call; `unknown` also when it was online and has been silent for 15 minutes. */
  state: StateResponse;
  /** As it reported. @example 4.1.2 */
  runtime_version: string | null;
  /** When it last answered or reported. @example 2026-03-01T08:00:00.000Z */
  last_seen: string | null;
  creator: CreatorResponse;
  events: EventsResponse;

  static from({ box, state, stateAt }: ShownBox): BoxResponse {
    const { credentialsKind: kind, credentialsAt } = box;
    return taggedBy(box, {
      id: box.id,
      hub_id: box.hubId,
      box_id: box.boxId,
      name: box.name,
      group: box.group,
      address: box.address,
      credentials: kind && { kind, set: contractTime(credentialsAt) },
      token_created: isoOrNull(box.tokenAt),
      properties: { ...box.properties },
      state: { current: state, changed: contractTime(stateAt) },
      runtime_version: box.runtimeVersion,
      last_seen: isoOrNull(box.lastSeenAt),
      creator: { id: box.creatorId, type: box.creatorType },
      events: EventsResponse.from(box),
    });
  }
}

/** A box with the state that it has now. */
export interface ShownBox {
  readonly box: Box;
  readonly state: Box['state'];
  readonly stateAt: number;
}

/** A token just made, and what it is for. */
export class BoxTokenResponse {
  /** Shown this once. It opens `POST /public-api/v1/box/report` and nothing else. */
  token: string;
  box: BoxResponse;
}
