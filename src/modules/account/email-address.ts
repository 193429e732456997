import { isEmail } from 'class-validator';

const LENGTH_MAX = 254;

/**
 * Whether a text is an e-mail address that can be an account's. ASCII only (a domain in another script has its `xn--`
 * form): two addresses that merely look or fold alike must never be one account.
 */
export function isEmailAddress(text: string): boolean {
  return text.length <= LENGTH_MAX && /^[\x21-\x7e]+$/.test(text) && isEmail(text, { allow_utf8_local_part: false });
}

/** The form in which addresses are compared: without case, also before the @, as every large provider does. */
export function emailKey(address: string): string {
  return address.toLowerCase();
}
