import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type INestApplication } from '@nestjs/common';
import { buildDocuments, renderDocument } from './documents.js';
import { DOCUMENT_NAMES } from './texts.js';

/** Writes `<folder>/<name>.json` for every document; returns the files. */
export async function writeDocuments(app: INestApplication, folder: string): Promise<string[]> {
  const documents = buildDocuments(app);
  await mkdir(folder, { recursive: true });
  return Promise.all(
    DOCUMENT_NAMES.map(async (name) => {
      const file = join(folder, `${name}.json`);
      await writeFile(file, renderDocument(documents[name]));
      return file;
    }),
  );
}
