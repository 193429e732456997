import { credentialRefusal, isCredential, queryRefusal, quote } from './refusal.js';

export const MAX_QUERY_PAIRS = 100;

export type QueryPair = [name: string, value: string];

/**
 * Reads a raw query string (with or without its `?`) into decoded pairs, in order and with doubles. Stray `&` are
 * dropped (the contract's client sends them), `+` is a blank, a name without `=` has the value ''.
 *
 * Refuses with 422: a malformed percent escape or UTF-8 (naming the parameter), control characters, more than
 * {@link MAX_QUERY_PAIRS} pairs, and anything that looks like a credential, whatever the route allows. No refusal
 * repeats a value.
 */
export function readQuery(raw: string): QueryPair[] {
  const parts = (raw.startsWith('?') ? raw.slice(1) : raw).split('&').filter((part) => part !== '');
  if (parts.length > MAX_QUERY_PAIRS) {
    throw queryRefusal(`The query has more than ${MAX_QUERY_PAIRS} parameters.`, []);
  }
  return parts.map(readPair);
}

function readPair(part: string, index: number): QueryPair {
  const equals = part.indexOf('=');
  const rawName = equals < 0 ? part : part.slice(0, equals);
  const rawValue = equals < 0 ? '' : part.slice(equals + 1);
  if (isCredential(rawName, rawValue)) {
    throw credentialRefusal();
  }
  const place = `number ${index + 1}`;
  const name = decode(rawName);
  if (name === null) {
    throw queryRefusal(`The name of query parameter ${place} is not valid percent-encoded UTF-8.`, []);
  }
  const value = decode(rawValue);
  if (isCredential(name, value ?? '')) {
    throw credentialRefusal();
  }
  if (value === null) {
    const detail = `The value of query parameter ${quote(name, place)} is not valid percent-encoded UTF-8.`;
    throw queryRefusal(detail, [name]);
  }
  if (/\p{Cc}/u.test(name + value)) {
    throw queryRefusal(`Query parameter ${quote(name, place)} contains control characters.`, [name]);
  }
  return [name, value];
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
