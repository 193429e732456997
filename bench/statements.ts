import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ChangeFeed } from '../src/access/index.js';
import { Database } from '../src/database/index.js';
import { headersOf, type Load } from './load/load.js';
import { openApp } from './world/app.js';

const WARM_REQUESTS = 50;

export interface StatementCount {
  /** Of the first request to a server that has just started. */
  readonly first: number;
  /** Per request, once the first was answered. */
  readonly warm: number;
}

/** Counted inside a server on this database, without the polls of the change feed, which no request causes. */
export async function countStatements(url: string, load: Load): Promise<StatementCount> {
  const app = await openApp(url);
  try {
    const count = statementsOf(app.get(Database));
    const before = count();
    await send(app, load);
    const afterFirst = count();
    for (let number = 0; number < WARM_REQUESTS; number += 1) {
      await send(app, load);
    }
    return { first: afterFirst - before, warm: (count() - afterFirst) / WARM_REQUESTS };
  } finally {
    await app.close();
  }
}

function statementsOf(database: Database): () => number {
  let polls = 0;
  const feedQuery = database.feedQuery.bind(database);
  database.feedQuery = (sql, parameters) => {
    polls += 1;
    return feedQuery(sql, parameters);
  };
  return () => database.statementCount - polls;
}

/** The feed has just polled: on a machine so busy that its lease runs out, statements would be counted that are not due. */
async function send(app: NestFastifyApplication, load: Load): Promise<void> {
  await app.get(ChangeFeed).poll();
  const { method = 'GET', path, body } = load;
  const { statusCode } = await app.inject({ method, url: path, headers: headersOf(load, 0), payload: body });
  if (statusCode !== 200) {
    throw new Error(`${path} was answered with ${statusCode}.`);
  }
}
