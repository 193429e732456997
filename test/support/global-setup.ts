import { createConnection, type RowDataPacket } from 'mysql2/promise';

/** Removes what an earlier, interrupted run left on the test server. The URL's own database need not exist. */
export default async function globalSetup(): Promise<void> {
  const url = process.env['TEST_DATABASE_URL'];
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
