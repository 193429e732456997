import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../../src/common/ids.js';
import { PrivateMariadb } from '../support/private-mariadb.js';
import { ServerNode } from '../support/server-node.js';

export type TargetName = 'sqlite' | 'mariadb';

/** An empty database and a server that has not started on it yet. */
export interface Place {
  readonly url: string;
  readonly node: ServerNode;
}

/** Where a campaign runs: temporary folders, and for MariaDB a server of one's own. */
export class Target {
  private readonly folder = mkdtempSync(join(tmpdir(), 'hubgate-crash-'));

  private constructor(
    readonly name: TargetName,
    readonly server: PrivateMariadb | null,
  ) {}

  static async open(name: TargetName): Promise<Target> {
    return new Target(name, name === 'mariadb' ? await PrivateMariadb.create() : null);
  }

  async place(): Promise<Place> {
    const id = newId();
    const url = (await this.server?.createDatabase(`crash_${id}`)) ?? `sqlite:${join(this.folder, id, 'hub.db')}`;
    return { url, node: await serverOn(url, join(this.folder, id)) };
  }

  async close(): Promise<void> {
    await this.server?.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The server on this database, not started yet. */
export function serverOn(url: string, dataDir: string): Promise<ServerNode> {
  const secret = 'a-secret-for-campaigns-only-0123456789abcdef';
  return ServerNode.prepare({ DATABASE_URL: url, HUBGATE_DATA_DIR: dataDir, HUBGATE_SECRET: secret });
}
