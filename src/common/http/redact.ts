import { SECRET_MARK } from '../query/refusal.js';

/** A secret of ours, whole or cut short, and a signed token, in the middle of any text. */
const CREDENTIALS = new RegExp(String.raw`${SECRET_MARK}\w{8,}|eyJ[\w-]+\.[\w-]+\.[\w-]+`, 'gi');

/** The text with everything masked that looks like a credential: error bodies name what was sent, and get logged. */
export function withoutCredentials(text: string): string {
  return text.replace(CREDENTIALS, '****');
}
