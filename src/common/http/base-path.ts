/**
 * Takes the base path off a URL when the proxy kept it, so that both kinds of proxy reach the same routes. Compared
 * without case, as IIS does; a URL without it passes unchanged.
 */
export function stripBasePath(url: string, basePath: string): string {
  if (basePath === '' || url.slice(0, basePath.length).toLowerCase() !== basePath.toLowerCase()) {
    return url;
  }
  const rest = url.slice(basePath.length);
  if (rest.startsWith('/')) {
    return rest;
  }
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}
