import { isEmail } from 'class-validator';

/** RFC 5321: the longest address that mail can be sent to. */
export const EMAIL_LENGTH_MAX = 254;

/**
 * The form in which an address is kept: NFKC, trimmed. Addresses are ASCII only (a domain in letters beyond it is
 * written as `xn--…`), so that no two of them look alike.
 */
export function plainEmail(text: string): string {
  return text.normalize('NFKC').trim();
}

/** The form in which addresses are compared: without case, as every mail provider of today does. */
export function emailKey(text: string): string {
  return plainEmail(text).toLowerCase();
}

/** Whether mail can be sent to it. Quoted local parts are legal and nobody has one: they only help to forge headers. */
export function isEmailAddress(text: string): boolean {
  const plain = plainEmail(text.slice(0, EMAIL_LENGTH_MAX + 1));
  const printable = /^[\x21-\x7e]{3,254}$/.test(plain) && !plain.includes('"');
  return printable && text.length <= EMAIL_LENGTH_MAX && isEmail(plain, { allow_utf8_local_part: false });
}
