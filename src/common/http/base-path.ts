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

/** `http://host/path` is another way to write `/path` (RFC 9112 §3.2.2): one spelling for routes, logs and the audit. */
export function originForm(url: string): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') || path === '*' ? path : `/${path}`;
}

const ACCOUNT_DOOR = '/api/v1/';

/** Clients of the account door write some of its paths with a slash at the end: that is the same path. */
export function stripLastSlash(url: string): string {
  const end = url.indexOf('?') < 0 ? url.length : url.indexOf('?');
  const last = end - 1;
  const strips = url.startsWith(ACCOUNT_DOOR) && url[last] === '/' && url[last - 1] !== '/';
  return strips ? url.slice(0, last) + url.slice(end) : url;
}
