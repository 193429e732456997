import { createConnection, type RowDataPacket } from 'mysql2/promise';

const url = process.env['TEST_DATABASE_URL'];

/** Removes what an earlier, interrupted run left on the test server, and at the end what this one leaves. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  await removeDatabases();
  return removeDatabases;
}

/** The URL's own database need not exist. */
async function removeDatabases(): Promise<void> {
  if (!url) {
    return;
  }
  const connection = await createConnection(url.replace(/^\w+:(\/\/[^/]*).*$/, 'mysql:$1'));
  const [rows] = await connection.query<RowDataPacket[]>("SHOW DATABASES LIKE 'hubgate\\_test\\_%'");
  for (const row of rows) {
    await connection.query(`DROP DATABASE \`${String(Object.values(row)[0])}\``);
  }
  await connection.end();
}
