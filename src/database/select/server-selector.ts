import { type Pool, type PoolConnection } from 'mysql2';
import { surfaced } from '../database-errors.js';
import { type ServerTarget } from '../database-url.js';
import { createPreparedPool, loginOptions, poolLimits } from '../server-pool.js';
import { connectOnce } from '../server-probe.js';
import { RowCollector, SelectLimitError, type SelectedRows, type SelectLimits, type Selector } from './select.js';

const CONNECTIONS = 2;
/** How much later than the server should have ended a statement it is told to. */
const GRACE_MILLISECONDS = 250;

/** max_statement_time and MAX_EXECUTION_TIME passed, or a KILL. */
const OVERTIME = new Set([1969, 3024, 1317]);
const NOT_FINITE = new Set([1690]);
/** Sort buffer, temporary table or packet. */
const TOO_LARGE = new Set([1037, 1038, 1114, 1153, 3918]);

/** Connections of their own, so that statements of integrators take none from sign-ins. */
export class ServerSelector implements Selector {
  #pool?: Pool;

  constructor(private readonly target: ServerTarget) {}

  async select(sql: string, parameters: readonly unknown[], limits: SelectLimits): Promise<SelectedRows> {
    const connection = await this.#connection();
    const timed = this.#timed(sql, limits.timeoutMilliseconds);
    const overtime = setTimeout(() => void this.#kill(connection), limits.timeoutMilliseconds + GRACE_MILLISECONDS);
    try {
      const { rows, more } = await collect(connection, timed, parameters, limits);
      return { rows, more };
    } catch (error) {
      throw explained(error);
    } finally {
      clearTimeout(overtime);
      connection.release();
    }
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.promise().end();
  }

  async #connection(): Promise<PoolConnection> {
    const { kind } = this.target;
    this.#pool ??= createPreparedPool(
      { ...loginOptions(this.target), ...poolLimits(CONNECTIONS, 'select', kind) },
      'select',
      kind,
    );
    const pool = this.#pool;
    return new Promise((resolve, reject) => {
      pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
    });
  }

  #timed(sql: string, milliseconds: number): string {
    return this.target.kind === 'mariadb'
      ? `SET STATEMENT max_statement_time = ${milliseconds / 1000} FOR ${sql}`
      : sql.replace(/^SELECT /, `SELECT /*+ MAX_EXECUTION_TIME(${milliseconds}) */ `);
  }

  /** From beside: the connection itself waits for its answer. It is given up, whatever comes of it. */
  async #kill(connection: PoolConnection): Promise<void> {
    const { threadId } = connection;
    connection.destroy();
    try {
      const beside = await connectOnce(this.target);
      try {
        await beside.query(`KILL QUERY ${Number(threadId)}`);
      } finally {
        await beside.end();
      }
    } catch {
      // it has ended by itself, or the server is gone
    }
  }
}

/** Reads row by row. What is not wanted any more is not waited for: the connection is given up. */
function collect(
  connection: PoolConnection,
  sql: string,
  values: readonly unknown[],
  limits: SelectLimits,
): Promise<RowCollector> {
  const collector = new RowCollector(limits);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      connection.off('error', lost);
      settle();
    };
    const giveUp = (settle: () => void): void => {
      connection.destroy();
      end(settle);
    };
    const lost = (error: unknown): void => end(() => reject(error as Error));
    let open = true;
    const query = connection.query({ sql, values: [...values], rowsAsArray: true });
    query.on('result', (row) => {
      try {
        if (open && !collector.take(row as unknown as unknown[])) {
          open = false;
          giveUp(() => resolve(collector));
        }
      } catch (error) {
        open = false;
        giveUp(() => reject(error as Error));
      }
    });
    query.on('error', lost);
    query.on('end', () => end(() => resolve(collector)));
    connection.once('error', lost);
  });
}

function explained(error: unknown): unknown {
  const number = (error as { errno?: number }).errno ?? 0;
  if (OVERTIME.has(number)) {
    return new SelectLimitError('time');
  }
  if (NOT_FINITE.has(number)) {
    return new SelectLimitError('number');
  }
  return TOO_LARGE.has(number) ? new SelectLimitError('memory') : surfaced(error);
}
