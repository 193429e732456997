import { createServer, type Server, type Socket } from 'node:net';
import { type AddressInfo } from 'node:net';

/** One message as a mail server sees it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** As much of a mail server (RFC 5321) as one client needs. It refuses recipients on demand. */
export class SmtpServer {
  readonly received: ReceivedMail[] = [];
  /** What the client said, line by line, without the messages. */
  readonly commands: string[] = [];
  /** Answered to RCPT instead of 250. */
  refusal: string | null = null;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<SmtpServer> {
    const server = createServer();
    const smtp = new SmtpServer(server);
    server.on('connection', (socket) => smtp.serve(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return smtp;
  }

  get url(): string {
    return `smtp://user:p%40ss@127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private serve(socket: Socket): void {
    let rest = '';
    let message: string[] | null = null;
    let envelope = { from: '', to: [] as string[] };
    const say = (line: string) => socket.write(`${line}\r\n`);
    const end = (lines: readonly string[]) => {
      this.received.push({ ...envelope, content: lines.map((line) => line.replace(/^\./, '')).join('\r\n') });
      envelope = { from: '', to: [] };
      say('250 taken');
    };
    say('220 test');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('utf8')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (message && line === '.') {
          end(message);
          message = null;
        } else if (message) {
          message.push(line);
        } else {
          this.commands.push(line);
          message = this.answer(line, envelope, say) ? [] : null;
        }
      }
    });
  }

  /** True when the message itself follows. */
  private answer(line: string, envelope: { from: string; to: string[] }, say: (line: string) => void): boolean {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') {
      say('250-test\r\n250 AUTH PLAIN');
    } else if (verb === 'AUTH') {
      say('235 come in');
    } else if (verb === 'MAIL') {
      envelope.from = line;
      say('250 ok');
    } else if (verb === 'RCPT') {
      envelope.to.push(line);
      say(this.refusal ?? '250 ok');
    } else {
      say(verb === 'DATA' ? '354 go on' : '250 ok');
    }
    return verb === 'DATA';
  }
}
