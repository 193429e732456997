import { type LoggerService } from '@nestjs/common';
import { type Logger as Pino, pino } from 'pino';

const STANDARD_OUTPUT = 1;
/** To write the line of each request by itself takes longer than to decide about the request. */
const BUFFERED_BYTES = 4096;
const WRITTEN_WITHIN_MS = 100;

/**
 * JSON lines on standard output, many at a time; what is left is written when the process ends. Nothing that could hold
 * a secret is ever passed in: no headers, no bodies, no queries.
 */
export function createLogger(level: string): Pino {
  const buffered = { minLength: BUFFERED_BYTES, periodicFlush: WRITTEN_WITHIN_MS, sync: false };
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, pino.destination({ dest: STANDARD_OUTPUT, ...buffered }));
}

/** Who only tells how Nest puts itself together: of interest when debugging the start. */
const WIRING = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** Lets Nest, and the code that uses Nest's Logger, write the same lines. An object as message becomes fields. */
export class JsonLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(WIRING.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  /** Nest passes the context last. */
  private write(level: 'fatal' | 'error' | 'warn' | 'info' | 'debug', message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const details = rest.slice(0, -1).filter((part) => part !== undefined);
    if (typeof message === 'object' && message !== null && !(message instanceof Error)) {
      this.pino[level]({ context, ...message }, details.map(String).join(' ') || undefined);
    } else {
      this.pino[level]({ context, ...(details.length > 0 ? { details: details.map(String) } : {}) }, String(message));
    }
  }
}
