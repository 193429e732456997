import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Campaign } from '../campaigns/crash/campaign.js';
import { checkDatabase } from '../campaigns/crash/database-check.js';
import { Report } from '../campaigns/crash/report.js';
import { serverOn } from '../campaigns/crash/target.js';
import { Random } from '../campaigns/support/random.js';
import { type ServerNode } from '../campaigns/support/server-node.js';
import { testDatabase, type TestDatabase } from '../support/test-database.js';

// The short form of `npm run prove:crash`, on the database of the tests. How long anything takes decides nothing here.
describe('a server that is killed three times under mixed writes', () => {
  const report = new Report('short');
  const folder = mkdtempSync(join(tmpdir(), 'hubgate-crash-'));
  let database: TestDatabase;
  let node: ServerNode;

  beforeAll(async () => {
    database = await testDatabase();
    node = await serverOn(database.url, folder);
    const campaign = await Campaign.begin(node, database.url, new Random(1), report);
    await campaign.killServer('acknowledged');
    await campaign.killServer('sent');
    await campaign.finish();
  }, 120_000);

  afterAll(async () => {
    await node?.kill();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('was killed three times, and wrote in between', () => {
    expect(report.total).toEqual({ server: 3, database: 0 });
    expect(report.acknowledged).toBeGreaterThan(20);
  });

  it('starts again and has lost nothing, left nothing half done, and tells all of it in its activity', () => {
    expect(report.findings.all).toEqual([]);
  });

  it('leaves a database that finds no fault with itself', async () => {
    expect(await checkDatabase(database.url)).toEqual([]);
  });
});
