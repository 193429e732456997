import { InvalidInputError } from '../errors/index.js';

const SHOWN_LENGTH = 40;
/** How every secret of this server begins; kept in step with access (its spec compares them): common imports nothing of ours. */
export const SECRET_MARK = 'hg[bkst]_';
const SECRET_MARKS = new RegExp(SECRET_MARK, 'i');
const CREDENTIAL_NAMES: ReadonlySet<string> = new Set(
  'key apikey xapikey secret clientsecret password token apitoken accesstoken authtoken bearer authorization'.split(
    ' ',
  ),
);

/** Whether a text may stand in an error or a log: short, printable, and no part of a key. */
export function mayBeShown(text: string): boolean {
  return text.length <= SHOWN_LENGTH && !holdsSecret(text) && !/\p{C}/u.test(text);
}

/** Whether a parameter is, by its name or value, an attempt to authenticate through the URL. */
export function isCredential(name: string, value: string): boolean {
  const plain = name.replace(/[-_. ]/g, '').toLowerCase();
  return CREDENTIAL_NAMES.has(plain) || holdsSecret(name) || holdsSecret(value);
}

/** The refusal of a credential in the URL. It names nothing that was sent, because the name may be the secret. */
export function credentialRefusal(): InvalidInputError {
  return new InvalidInputError(
    'Credentials are never accepted in a query string: URLs end up in logs and histories. ' +
      'Send the key in a header, and if this was a real one consider it leaked and rotate it.',
    { source: '/query' },
  );
}

/**
 * The refusal of one parameter: 422 with a pointer to it, e.g. `/query/filter/state`. Segments that may not be shown
 * are left out of the pointer; callers keep values out of `detail` unless {@link mayBeShown}.
 */
export function queryRefusal(
  detail: string,
  path: readonly string[],
  extra?: Record<string, unknown>,
): InvalidInputError {
  const shown = path.every(mayBeShown) ? path : [];
  const source = ['', 'query', ...shown].map((part) => part.replace(/~/g, '~0').replace(/\//g, '~1')).join('/');
  return new InvalidInputError(detail, { source, extra });
}

/** A name or value for the middle of a sentence, quoted, or the stand-in when it may not be shown. */
export function quote(text: string, standIn: string): string {
  return mayBeShown(text) ? JSON.stringify(text) : standIn;
}

/** `a, b, c`, or `none`. */
export function listing(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

function holdsSecret(text: string): boolean {
  return SECRET_MARKS.test(text);
}
