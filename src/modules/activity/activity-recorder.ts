import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { creatorOf, type Mutation, type Principal } from '../../access/index.js';
import { canonicalJson } from '../../common/canonical-json.js';
import { newId } from '../../common/ids.js';
import { Activity } from './activity.entity.js';

/** One changed field; secrets never are among them. */
export type Changes = Readonly<Record<string, { readonly before?: unknown; readonly after?: unknown }>>;

export interface ActivityEntry {
  /** Dotted event name of the management contract §2.5, or ours in the same pattern. */
  readonly event: string;
  readonly status?: 'success' | 'alert';
  readonly component: { readonly type: string; readonly id: string } | null;
  readonly changes?: Changes;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** Writes what happened, in the transaction of the change itself: no change without its row, no row without its change. */
@Injectable()
export class ActivityRecorder {
  /** Records a management change with what differs between the thing before and after. */
  async recordChange(
    { tx, actor, now }: Pick<Mutation, 'tx' | 'actor' | 'now'>,
    event: string,
    component: ActivityEntry['component'],
    before: object,
    after: object,
    annotations: ActivityEntry['annotations'] = {},
  ): Promise<void> {
    const changes = changesBetween({ ...before }, { ...after });
    await this.record(tx, actor, now, { event, component, changes, annotations });
  }

  async record(tx: EntityManager, actor: Principal, now: number, entry: ActivityEntry): Promise<void> {
    const id = newId(now);
    const user = creatorOf(actor);
    const status = entry.status ?? 'success';
    const body = canonicalJson({
      id,
      hub_id: actor.hubId,
      event: entry.event,
      status,
      verbosity: 0,
      user,
      component: entry.component,
      changes: entry.changes ?? {},
      annotations: entry.annotations ?? {},
      session: sessionOf(actor),
      time: new Date(now).toISOString(),
    });
    await tx.insert(Activity, {
      id,
      hubId: actor.hubId,
      event: entry.event,
      status,
      actorType: user.type,
      actorId: user.id,
      componentType: entry.component?.type ?? null,
      componentId: entry.component?.id ?? null,
      body,
      createdAt: now,
      sealPosition: null,
      seal: null,
    });
  }
}

function sessionOf({ kind, address, record, request }: Principal): Record<string, unknown> | null {
  if (kind === 'platform' && request === null) {
    return null;
  }
  return {
    url: request?.path ?? '',
    method: request?.method ?? '',
    request_id: request?.id ?? '',
    ip: address?.text ?? '',
    api_key: record.subjectType === 'api-key' ? record.subjectId : null,
    ...(record.subjectType === 'account' ? { account_session: record.credentialId } : {}),
  };
}

/** What differs between two versions of a thing, field by field; fields whose JSON is equal are left out. */
function changesBetween(before: Record<string, unknown>, after: Record<string, unknown>): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => canonicalJson(before[name]) !== canonicalJson(after[name]));
  return Object.fromEntries(changed.map((name) => [name, { before: before[name], after: after[name] }]));
}
