import { connectOnce } from '../../../src/database/server-probe.js';
import { Database, parseDatabaseUrl } from '../../../src/database/index.js';
import { type Finding } from './findings.js';

type Row = Record<string, unknown>;

/** What the database itself says of its files: `PRAGMA integrity_check`, or `CHECK TABLE … EXTENDED` of every table. */
export async function checkDatabase(url: string): Promise<Finding[]> {
  const target = parseDatabaseUrl(url);
  const wrong = target.kind === 'sqlite' ? await checkFile(url) : await checkTables(url);
  return wrong.map((detail) => ({ category: 'damaged', detail }));
}

async function checkFile(url: string): Promise<string[]> {
  const database = new Database({ url, entities: [], migrations: [] });
  await database.connect();
  try {
    const integrity = await database.query<Row>('PRAGMA integrity_check');
    const references = await database.query<Row>('PRAGMA foreign_key_check');
    const faults = integrity.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
    return [...faults, ...references.map((row) => `foreign key: ${JSON.stringify(row)}`)];
  } finally {
    await database.close();
  }
}

async function checkTables(url: string): Promise<string[]> {
  const target = parseDatabaseUrl(url);
  if (target.kind === 'sqlite') {
    return [];
  }
  const connection = await connectOnce(target);
  try {
    const [tables] = await connection.query('SHOW TABLES');
    const names = (tables as Row[]).map((row) => `\`${String(Object.values(row)[0])}\``);
    const [told] = await connection.query(`CHECK TABLE ${names.join(', ')} EXTENDED`);
    const faults = (told as Row[]).filter((row) => row['Msg_text'] !== 'OK');
    return faults.map((row) => `${String(row['Table'])}: ${String(row['Msg_text'])}`);
  } finally {
    await connection.end();
  }
}
