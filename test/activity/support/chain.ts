import { vi } from 'vitest';
import { Logger } from '@nestjs/common';
import { platformPrincipal } from '../../../src/access/index.js';
import { newId } from '../../../src/common/ids.js';
import {
  ActivityRecorder,
  type Anchor,
  type Break,
  ChainVerifier,
  type HubReport,
  Sealer,
} from '../../../src/modules/activity/index.js';
import { type TestHub } from '../../support/factory.js';
import { type TestApp } from '../../support/test-app.js';

/** A stored activity, past every entity and transformer. */
export interface StoredRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly body: string;
  readonly seal_position: number | null;
  readonly seal: Uint8Array | null;
}

/** So many activities of a hub, committed together. */
export async function record(
  { nest, database, clock }: TestApp,
  { id }: TestHub,
  count = 1,
  text = 'ä€😀"\\',
): Promise<void> {
  const recorder = nest.get(ActivityRecorder);
  await database.transaction(async (tx) => {
    for (let index = 0; index < count; index += 1) {
      await recorder.record(tx, platformPrincipal(id), clock.now(), {
        event: 'hub.inactive',
        component: index % 2 === 0 ? { type: 'test', id: newId() } : null,
        annotations: { index, text },
      });
    }
  });
}

export function seal(app: TestApp): Promise<void> {
  return app.nest.get(Sealer).flush();
}

/** A hub with so many sealed activities. */
export async function sealedHub(app: TestApp, count: number): Promise<TestHub> {
  const hub = await app.create.hub();
  await record(app, hub, count);
  await seal(app);
  return hub;
}

/** In the order of their places. Numbers are read as text first: some tests make them larger than JavaScript's. */
export async function rowsOf(app: TestApp, hub: TestHub): Promise<StoredRow[]> {
  const columns = 'id, hub_id, event, status, actor_type, actor_id, component_type, component_id, body, seal';
  const numbers = 'CAST(created_at AS CHAR) AS created_at, CAST(seal_position AS CHAR) AS seal_position';
  const sql = `SELECT ${columns}, ${numbers} FROM activity WHERE hub_id = ? ORDER BY activity.seal_position, id`;
  const rows = await app.database.query<StoredRow>(sql, [hub.id]);
  const number = (text: unknown): number | null => (text === null ? null : Number(text));
  return rows.map((row) => ({
    ...row,
    created_at: Number(row['created_at']),
    seal_position: number(row.seal_position),
  }));
}

export async function verify(app: TestApp, hub: TestHub, anchors: readonly Anchor[] = []): Promise<HubReport> {
  const [report] = await app.nest.get(ChainVerifier).verify(hub.id, anchors);
  if (!report) {
    throw new Error('There is no report of this hub.');
  }
  return report;
}

export async function broken(app: TestApp, hub: TestHub, anchors?: readonly Anchor[]): Promise<Break | null> {
  return (await verify(app, hub, anchors)).broken;
}

/** The head as the log has it. */
export async function anchorOf(app: TestApp, hub: TestHub): Promise<Anchor> {
  const { head } = await verify(app, hub);
  return { hubId: hub.id, position: head?.position ?? 0, seal: head?.seal ?? '' };
}

/** What is logged at one level from now on. */
export function logged(level: 'log' | 'warn' | 'error') {
  const spy = vi.spyOn(Logger.prototype, level);
  const lines = (): unknown[] => spy.mock.calls.map(([message]) => message as unknown);
  return { lines, about: ({ id }: TestHub) => lines().filter((line) => JSON.stringify(line).includes(id)) };
}
