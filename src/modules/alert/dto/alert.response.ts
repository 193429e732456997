import { CreatorResponse, EventsResponse, StateResponse } from '../../../common/http/contract.js';
import { typeOf } from '../alert-type.js';
import { type Alert } from '../alert.entity.js';

/** An alert, for those who look after the hub. */
export class AlertResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  hub_id: string;
  /** Whose alert it is; also of a group that was deleted. @example 0199e2f1a0c34b5d6e7f8091 */
  group_id: string;
  /** `info`, `warning` or `problem`. @example warning */
  type: string;
  /** @example "Paper is running low in printer 3." */
  message: string;
  /** The box that it is about, as its sender said. @example PB0000PT */
  box_id: string | null;
  /** @example "Packing line 2" */
  box_name: string | null;
  /** `new` or `solved`. */
  state: StateResponse;
  creator: CreatorResponse;
  /** Null while nobody has solved it. */
  solved_by: CreatorResponse | null;
  events: EventsResponse;

  static from(alert: Alert): AlertResponse {
    const { createdAt, solvedAt, solverId, solverType } = alert;
    const changed = solvedAt ?? createdAt;
    return {
      id: alert.id,
      hub_id: alert.hubId,
      group_id: alert.groupId,
      type: typeOf(alert.priority).toLowerCase(),
      message: alert.message,
      box_id: alert.boxId,
      box_name: alert.boxName,
      state: { current: alert.solved ? 'solved' : 'new', changed: new Date(changed).toISOString() },
      creator: { id: alert.creatorId, type: alert.creatorType },
      solved_by: solverId !== null && solverType !== null ? { id: solverId, type: solverType } : null,
      events: EventsResponse.from({ createdAt, updatedAt: changed, deletedAt: null }),
    };
  }
}
