type Parser = typeof import('./parse.js');

/** Its library is some 700 files: no start and no command reads them before there is a statement to parse. */
export const loadParser = (): Promise<Parser> => import('./parse.js');

/** What the first statement would wait for otherwise. */
export async function prepareParser(): Promise<void> {
  (await loadParser()).prepareParser();
}
