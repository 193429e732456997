type Parser = typeof import('./parse.js');

/** Its library is some 700 files: no start and no command reads them before there is a filter to parse. */
export async function loadFilterParser(): Promise<Parser['parseFilter']> {
  return (await import('./parse.js')).parseFilter;
}
