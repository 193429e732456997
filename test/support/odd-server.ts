import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server that behaves as told towards whoever has sent the head of a request, or begun with TLS. */
export class OddServer {
  /** The heads of the requests, as they came. */
  readonly heads: string[] = [];
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(behave: (socket: Socket) => void, host = '127.0.0.1'): Promise<OddServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const odd = new OddServer(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => odd.serve(socket, behave));
    return odd;
  }

  /** One that sends this and closes. */
  static saying(...parts: readonly (string | Buffer)[]): Promise<OddServer> {
    return OddServer.start((socket) => {
      parts.forEach((part) => socket.write(part));
      socket.end();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  async stop(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket, behave: (socket: Socket) => void): void {
    this.connections += 1;
    this.sockets.add(socket);
    let head = '';
    let answered = false;
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1');
      if (!answered && (head.includes('\r\n\r\n') || head.startsWith('\x16'))) {
        answered = true;
        this.heads.push(head);
        behave(socket);
      }
    });
  }
}
