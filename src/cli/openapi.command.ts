import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig } from '../config/index.js';
import { useForEntities } from './settings.js';
import { shell } from './shell.js';

export interface OpenapiOptions {
  readonly out: string;
  /** Where the pages for people go; left out: they are not written. */
  readonly pages?: string;
}

/** Writes the three documents, from the routes themselves. The database is a temporary one: no real one is touched. */
export async function openapi({ out, pages }: OpenapiOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hubgate-openapi-'));
  try {
    const config = useForEntities(loadConfig({ HUBGATE_DATA_DIR: folder, LOG_LEVEL: 'silent' }));
    const { createApp } = await import('../app.setup.js');
    const { writeDocuments, writePages } = await import('../openapi/index.js');
    const app = await createApp(config);
    const files = await writeDocuments(app, resolve(out));
    files.push(...(pages === undefined ? [] : await writePages(app, resolve(pages))));
    await app.close();
    files.forEach((file) => shell().stdout(`${file}\n`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
