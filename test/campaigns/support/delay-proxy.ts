import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One client's way through the proxy: what comes is passed on in order, later, or not at all. */
class Way {
  /** Nothing passes, in neither direction; both ends believe to be connected. */
  dark = false;
  private readonly waiting: { to: Socket; chunk: Buffer; due: number }[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly delay: () => number,
    private readonly heard: (text: string, way: Way) => void,
  ) {
    client.on('data', (chunk: Buffer) => {
      this.take(server, chunk);
      this.heard(chunk.toString('latin1'), this);
    });
    server.on('data', (chunk: Buffer) => this.take(client, chunk));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ]) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  }

  end(): void {
    this.client.destroy();
    this.server.destroy();
  }

  /** Passes on what is due. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (!this.dark && this.waiting[0] && this.waiting[0].due <= performance.now()) {
      const next = this.waiting.shift();
      next?.to.write(next.chunk);
    }
    const [next] = this.waiting;
    if (next && !this.dark) {
      this.timer = setTimeout(() => this.flush(), Math.max(1, next.due - performance.now()));
    }
  }

  private take(to: Socket, chunk: Buffer): void {
    if (this.waiting.length === 0 && this.delay() === 0 && !this.dark) {
      to.write(chunk);
      return;
    }
    this.waiting.push({ to, chunk, due: performance.now() + this.delay() });
    if (!this.timer) {
      this.flush();
    }
  }
}

/** A TCP proxy before a database that delays what passes, or withholds it while both ends stay connected. */
export class DelayProxy {
  /** Milliseconds, in each direction. */
  delay = 0;
  private readonly ways = new Set<Way>();
  private dark: ((text: string) => boolean) | undefined;
  private wanted: { text: string; found: (way: { dark: boolean }) => void } | undefined;
  private server!: Server;

  private constructor(private readonly target: { host: string; port: number }) {}

  static async start(host: string, port: number): Promise<DelayProxy> {
    const proxy = new DelayProxy({ host, port });
    proxy.server = createServer((client) => proxy.lead(client));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on nothing passes on connections that send a text of this kind; by default on all, new ones too. */
  darken(matching?: (text: string) => boolean): void {
    this.dark = matching ?? (() => true);
    if (!matching) {
      this.ways.forEach((way) => (way.dark = true));
    }
  }

  lighten(): void {
    this.dark = undefined;
    for (const way of this.ways) {
      way.dark = false;
      way.flush();
    }
  }

  /** Resolves when a client has sent this text: it was passed on, and nothing more passes on that connection. */
  cutAfter(text: string): Promise<void> {
    return new Promise((resolve) => {
      const found = (way: { dark: boolean }): void => {
        this.wanted = undefined;
        way.dark = true;
        resolve();
      };
      this.wanted = { text, found };
    });
  }

  async stop(): Promise<void> {
    this.ways.forEach((way) => way.end());
    await new Promise((resolve) => this.server.close(resolve));
  }

  private lead(client: Socket): void {
    const server = connect(this.target.port, this.target.host);
    client.setNoDelay(true);
    server.setNoDelay(true);
    const way = new Way(
      client,
      server,
      () => this.delay,
      (text, from) => this.listen(text, from),
    );
    way.dark = this.dark?.('') ?? false;
    this.ways.add(way);
    client.once('close', () => this.ways.delete(way));
  }

  private listen(text: string, way: Way): void {
    if (this.dark?.(text)) {
      way.dark = true;
    }
    if (this.wanted && text.includes(this.wanted.text)) {
      this.wanted.found(way);
    }
  }
}
