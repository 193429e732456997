const SEGMENT_LENGTH_MAX = 64;

/**
 * The path of a request as it may be logged and audited: without query and fragment. Whatever we name in a path is
 * short, so a longer segment is left out: it may be a credential that was pasted there.
 */
export function shownPath(url: string): string {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  if (path.length <= SEGMENT_LENGTH_MAX) {
    return path;
  }
  const segments = path.split('/');
  return segments.map((segment) => (segment.length > SEGMENT_LENGTH_MAX ? '…' : segment)).join('/');
}
