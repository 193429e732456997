import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type INestApplication } from '@nestjs/common';
import { type ApiDocuments, buildDocuments, renderDocument } from './documents.js';
import { errorsPage } from './errors-page.js';
import { permissionsPage } from './permissions-page.js';
import { DOCUMENT_NAMES } from './texts.js';

/** The pages that are made of the documents, by file name. */
export const PAGES: Readonly<Record<string, (documents: ApiDocuments) => string>> = {
  'errors.md': errorsPage,
  'permissions.md': permissionsPage,
};

/** Writes `<folder>/<name>.json` for every document; returns the files. */
export async function writeDocuments(app: INestApplication, folder: string): Promise<string[]> {
  const documents = buildDocuments(app);
  return write(folder, new Map(DOCUMENT_NAMES.map((name) => [`${name}.json`, renderDocument(documents[name])])));
}

/** Writes the pages for people into a folder; returns the files. */
export async function writePages(app: INestApplication, folder: string): Promise<string[]> {
  const documents = buildDocuments(app);
  return write(folder, new Map(Object.entries(PAGES).map(([name, render]) => [name, render(documents)])));
}

async function write(folder: string, texts: ReadonlyMap<string, string>): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    [...texts].map(async ([name, text]) => {
      const file = join(folder, name);
      await writeFile(file, text);
      return file;
    }),
  );
}
