import { domainToASCII, domainToUnicode } from 'node:url';
import { isIP } from 'node:net';

export const HOST_NAME_LENGTH_MAX = 253;
/** As it is written; an A-label can be the shorter of the two. */
const TEXT_LENGTH_MAX = 1000;
/** What would end a host name in a URL, is decoded or dropped there, or cannot be seen. */
const FOREIGN = /[\p{Cc}\p{Default_Ignorable_Code_Point}\s%:/?#\\@[\]*<>^|]/u;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NUMBER = /^(\d+|0x[0-9a-f]*)$/;

/**
 * The one spelling of a host name: lower case, A-labels, no dot at the end. Null for what names no host: a port, an
 * address, a wildcard, percent-encoding, labels that are too long or not allowed.
 */
export function hostNameOf(text: string): string | null {
  if (text.length > TEXT_LENGTH_MAX || FOREIGN.test(text)) {
    return null;
  }
  const name = domainToASCII(text).replace(/\.$/, '');
  return isHostName(name) && keepsItsMeaning(name) ? name : null;
}

function isHostName(name: string): boolean {
  const labels = name.split('.');
  // A number at the end makes the whole an IPv4 address for URLs (`1.2.3` is `1.2.0.3` there).
  return (
    name.length <= HOST_NAME_LENGTH_MAX &&
    isIP(name) === 0 &&
    labels.every((label) => LABEL.test(label)) &&
    !NUMBER.test(labels.at(-1) ?? '')
  );
}

/** An A-label that decodes to what another name says (`xn--example-.com`) is a forgery. */
function keepsItsMeaning(name: string): boolean {
  return domainToASCII(domainToUnicode(name)) === name;
}

/** Names that mean this machine, or a network's own: RFC 6761 §6.3, and everything without a dot. */
export function isLocalName(name: string): boolean {
  return !name.includes('.') || name.endsWith('.localhost');
}
