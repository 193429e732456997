import { parseDatabaseUrl } from '../../../src/database/database-url.js';
import { ServerProcess } from '../../support/server-process.js';
import { DelayProxy } from './delay-proxy.js';
import { ProbeClient } from './probe-client.js';

/** One node: a server process of its own, whose way to the database leads through a proxy of its own. */
export class ProxiedNode {
  readonly client: ProbeClient;

  private constructor(
    readonly name: string,
    private readonly server: ServerProcess,
    readonly proxy: DelayProxy,
  ) {
    this.client = new ProbeClient(server.url);
    process.once('exit', () => server.signal('SIGKILL'));
  }

  static async start(name: string, databaseUrl: string, environment: NodeJS.ProcessEnv): Promise<ProxiedNode> {
    const target = parseDatabaseUrl(databaseUrl);
    if (target.kind === 'sqlite') {
      throw new Error('Several nodes need a database server.');
    }
    const proxy = await DelayProxy.start(target.host, target.port);
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${proxy.port}`;
    try {
      return new ProxiedNode(name, await ServerProcess.start(url.href, environment), proxy);
    } catch (error) {
      await proxy.stop();
      throw error;
    }
  }

  get output(): string {
    return this.server.output;
  }

  freeze(): void {
    this.server.signal('SIGSTOP');
  }

  thaw(): void {
    this.server.signal('SIGCONT');
  }

  /** Undoes whatever was done to it and to its way to the database. */
  recover(): void {
    this.thaw();
    this.proxy.delay = 0;
    this.proxy.lighten();
  }

  async stop(): Promise<void> {
    this.recover();
    this.client.close();
    await this.server.stop();
    await this.proxy.stop();
  }
}
