import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Answered, SimulatedApplication } from './simulated-application.js';

/**
 * How the box behaves: well, never answering, announcing more than it sends, with a page instead of data, with a
 * failure, with a redirect, without end, or with JSON that means nothing here.
 */
export type SimulatorMode = 'well' | 'slow' | 'lying' | 'html' | 'failing' | 'redirecting' | 'endless' | 'odd';

export interface SimulatorOptions {
  /** 127.0.0.1 unless said. */
  readonly host?: string;
  /** 0, a free one, unless said. */
  readonly port?: number;
  /** Asked for with HTTP Basic; absent = nobody is asked. */
  readonly credentials?: { readonly user: string; readonly password: string };
}

export interface SimulatedReport {
  readonly version?: string;
  readonly state?: 'online' | 'offline';
}

type Body = Readonly<Record<string, unknown>>;

const VERSION = '4.1.2-simulated';
const HTML = '<!doctype html><title>Sign in</title><h1>Sign in</h1><p>not-for-the-caller</p>';

/**
 * A box that speaks the protocol of docs/decisions/0015: for tests, and for trying the public door without hardware.
 * It keeps everything in memory, and begins anew with each start.
 */
export class BoxSimulator {
  mode: SimulatorMode = 'well';
  /** What was asked of it, as `METHOD path body`. */
  readonly calls: string[] = [];
  readonly application = new SimulatedApplication();

  private constructor(
    private readonly server: Server,
    private readonly host: string,
    private readonly credentials: SimulatorOptions['credentials'],
  ) {}

  static async start({ host = '127.0.0.1', port = 0, credentials }: SimulatorOptions = {}): Promise<BoxSimulator> {
    const server = createServer();
    const box = new BoxSimulator(server, host, credentials);
    server.on('request', (request, response) => void box.serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return box;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** As a hub takes it. */
  get address(): string {
    return `${this.host}:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Tells a hub about itself, as boxes do; returns the status of the answer. */
  async report(hubUrl: string, token: string, { version = VERSION, state = 'online' }: SimulatedReport = {}) {
    const { functions, variables, screenshot } = this.application;
    const answer = await fetch(`${hubUrl}/public-api/v1/box/report`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version, state, functions, variables, screenshot: screenshot.toString('base64') }),
    });
    await answer.body?.cancel();
    return answer.status;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    this.calls.push(`${request.method} ${request.url}${text === '' ? '' : ` ${text}`}`);
    if (this.mode !== 'well') {
      this.misbehave(response);
    } else if (!this.admits(request)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="box"' }).end('who are you?');
    } else {
      this.answer(request, response, text === '' ? {} : (JSON.parse(text) as Body));
    }
  }

  private admits({ headers }: IncomingMessage): boolean {
    if (!this.credentials) {
      return true;
    }
    const { user, password } = this.credentials;
    return headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  private misbehave(response: ServerResponse): void {
    switch (this.mode) {
      case 'lying':
        response.socket?.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\ntrue');
        return;
      case 'html':
        response.writeHead(200, { 'content-type': 'text/html' }).end(HTML);
        return;
      case 'failing':
        response.writeHead(500, { 'content-type': 'text/plain' }).end('secret stack trace');
        return;
      case 'redirecting':
        response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
        return;
      case 'odd':
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"Name": "..", "rows": 1}');
        return;
      case 'endless':
        response.writeHead(200, { 'content-type': 'application/json' });
        this.pour(response);
        return;
      case 'slow':
      case 'well':
    }
  }

  private pour(response: ServerResponse): void {
    const chunk = '['.repeat(65_536);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk)) {
        // As fast as the other side reads.
      }
    };
    response.on('drain', more);
    more();
  }

  private answer({ method = '', url = '' }: IncomingMessage, response: ServerResponse, body: Body): void {
    const { pathname, searchParams } = new URL(url, 'http://box');
    const names = pathname.split('/').slice(1).map(decodeURIComponent);
    if (method === 'GET' && pathname === '/api/screenshot') {
      response.writeHead(200, { 'content-type': 'image/png' }).end(this.application.screenshot);
      return;
    }
    const answered = this.answered(method, names, searchParams, body);
    if (answered === null || answered === 'refused') {
      response.writeHead(answered === null ? 404 : 422).end();
    } else if (answered.value === undefined) {
      response.writeHead(200).end();
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answered.value));
    }
  }

  private answered(
    method: string,
    [api, kind, name, rows, id]: string[],
    query: URLSearchParams,
    body: Body,
  ): Answered {
    const { application } = this;
    const asked = [api, method, kind, name === undefined ? '' : '*', rows, id === undefined ? undefined : '*'];
    switch (asked.filter((part) => part !== undefined && part !== '').join(' ')) {
      case 'api GET functions':
        return { value: application.functions };
      case 'api POST functions *':
        return application.run(name, body);
      case 'api GET variables':
        return { value: application.variables };
      case 'api PUT variables *':
        return application.setVariable(name, body['value']);
      case 'api GET lists':
        return { value: application.lists };
      case 'api GET lists *':
        return application.readList(name, Number(query.get('skip') ?? 0), Number(query.get('max') ?? 1000));
      case 'api POST lists * rows':
        return application.addRow(name, body);
      case 'api PUT lists * rows *':
        return application.changeRow(name, Number(id), body);
      case 'api DELETE lists * rows *':
        return application.removeRow(name, Number(id));
      default:
        return null;
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
