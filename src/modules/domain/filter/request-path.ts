const ENCODED_PERCENT = /%25/g;
const KEPT_ESCAPE = /%[0-9a-f]{2}/gi;
/** Two slashes, a backslash, or a dot or blank at the end of a segment: what can be read in another way. */
const DOUBTFUL = /\/\/|\\|[. ](?:\/|$)/;

/** Path and query of a URL in origin form, cut where the router cuts. Both are raw. */
export function splitUrl(url: string): { path: string; query: string } {
  const cut = url.slice(1).search(/[?#]/);
  return cut < 0 ? { path: url, query: '' } : { path: url.slice(0, cut + 1), query: url.slice(cut + 2) };
}

/**
 * A raw path as the router looks it up (find-my-way): decoded, but for escapes of `# $ & + , / : ; = ? @ %`, which stay.
 * Those are made capital, so that `%2f` and `%2F` are one. What has no decoding, which the router refuses, stays raw.
 */
export function routedPath(path: string): string {
  if (!path.includes('%')) {
    return path;
  }
  try {
    return decodeURI(path.replaceAll(ENCODED_PERCENT, '%2525')).replaceAll(KEPT_ESCAPE, (escape) =>
      escape.toUpperCase(),
    );
  } catch {
    return path;
  }
}

/**
 * A decoded path with all that servers and proxies disregard taken away: backslashes are slashes, empty segments and
 * `.` are nothing, `..` takes back a segment, dots and blanks at the end of a segment are nothing.
 */
export function plainPath(path: string): string {
  if (!DOUBTFUL.test(path)) {
    return path;
  }
  const kept: string[] = [];
  const segments = path.replaceAll('\\', '/').split('/');
  for (const segment of segments) {
    const name = withoutTail(segment);
    if (segment === '..') {
      kept.pop();
    } else if (name !== '') {
      kept.push(name);
    }
  }
  const last = withoutTail(segments.at(-1) ?? '');
  return `/${kept.join('/')}${last === '' && kept.length > 0 ? '/' : ''}`;
}

/** A loop, because `/[. ]+$/` takes quadratic time on hostile input. */
function withoutTail(segment: string): string {
  let end = segment.length;
  while (end > 0 && (segment[end - 1] === '.' || segment[end - 1] === ' ')) {
    end -= 1;
  }
  return segment.slice(0, end);
}
