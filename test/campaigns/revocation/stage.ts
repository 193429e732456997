import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { withApplication } from '../../../src/cli/context.js';
import { PrivateMariadb } from '../support/private-mariadb.js';
import { ProxiedNode } from '../support/proxied-node.js';
import { World } from './world.js';

/** A fresh database with two nodes on it, for the time of `play`; nothing of it stays behind. */
export async function onStage(databaseUrl: string | null, play: (world: World) => Promise<void>): Promise<void> {
  const server = databaseUrl === null ? await PrivateMariadb.create() : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'hubgate-proof-'));
  const database = `hubgate_proof_${randomBytes(6).toString('hex')}`;
  const serverUrl = new URL(server?.url('none') ?? databaseUrl ?? '');
  const url = `${serverUrl.protocol}//${authority(serverUrl)}/${database}`;
  try {
    await administer(serverUrl, `CREATE DATABASE ${database}`);
    const secret = randomBytes(32).toString('hex');
    Object.assign(process.env, { DATABASE_URL: url, HUBGATE_DATA_DIR: folder, HUBGATE_SECRET: secret });
    await withApplication((application) =>
      withNodes(url, (here, there) => play(new World(here, there, application, url, server))),
    );
    await administer(serverUrl, `DROP DATABASE ${database}`);
  } finally {
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withNodes(url: string, work: (here: ProxiedNode, there: ProxiedNode) => Promise<void>): Promise<void> {
  const environment = { HUBGATE_SECRET: process.env['HUBGATE_SECRET'], LOG_LEVEL: 'info' };
  const here = await ProxiedNode.start('node A', url, environment);
  try {
    const there = await ProxiedNode.start('node B', url, environment);
    try {
      await work(here, there);
    } finally {
      await there.stop();
    }
  } finally {
    await here.stop();
  }
}

async function administer(serverUrl: URL, statement: string): Promise<void> {
  const connection = await createConnection(`mysql://${authority(serverUrl)}/`);
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}

function authority({ username, password, host }: URL): string {
  return `${username}${password && `:${password}`}@${host}`;
}
