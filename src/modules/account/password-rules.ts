import { emailKey } from '../../common/email.js';
import { nameKey } from '../../common/name-key.js';
import { WeakPasswordError } from './account.errors.js';

export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 128;
const DIFFERENT_MIN = 5;

/** The commonest that are long enough. */
const COMMON = new Set(
  `123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 0123456789012 098765432109 987654321098
  password1234 password12345 password123456 passwordpassword password2024 password2025 password2026 mypassword123
  qwertyuiop12 qwertyuiop123 qwertyuiop1234 qwertyuiopas qwertyuiopasd qwertyuiopasdfghjkl qwertzuiop12 qwertzuiop123
  qwerty123456 qwerty1234567 qwerty12345678 qwertyqwerty 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qaz2wsx3edc4rfv
  1qazxsw23edc zaq12wsxcde3 q1w2e3r4t5y6 abcdefghijkl abcdefghijklm abcdefghijklmn abcdefghijklmnopqrstuvwxyz
  abcd12345678 abc123456789 abc1234567890 iloveyou1234 iloveyou12345 letmein12345 letmein123456 welcome12345
  welcome123456 administrator administrator1 administrator123 admin1234567 admin12345678 adminadminadmin
  changeme1234 changeme12345 changemeplease correcthorsebatterystaple trustno1trustno1 superman1234 football1234
  baseball1234 sunshine1234 princess1234 dragon123456 monkey123456 master123456 shadow123456 michael12345
  hubgatehubgate hubgate12345 hubgate123456 asdfghjkl123 asdfghjkl1234 zxcvbnm12345 zxcvbnm123456 secret123456
  testtesttest test12345678 test123456789 temp12345678 summer202425 winter202425 passw0rd1234 p@ssw0rd1234
  p@ssword1234 pa55word1234 rootrootroot rootpassword defaultpassword`.split(/\s+/),
);

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/**
 * NIST SP 800-63B: length counts, and that nobody guesses it first. No rule about kinds of characters.
 * @param source the JSON pointer of the password
 * @throws WeakPasswordError
 */
export function assertStrongPassword(password: string, owner: PasswordOwner, source = '/password'): void {
  const problem = problemOf(password, owner);
  if (problem !== null) {
    throw new WeakPasswordError(problem, source);
  }
}

function problemOf(password: string, { email, firstName, lastName }: PasswordOwner): string | null {
  // The longest that can still fit, so that a long text costs nothing.
  const characters = password.length > 4 * PASSWORD_LENGTH_MAX ? null : Array.from(password.normalize('NFKC'));
  if (!characters || characters.length < PASSWORD_LENGTH_MIN || characters.length > PASSWORD_LENGTH_MAX) {
    return `A password has ${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX} characters.`;
  }
  const key = nameKey(password);
  const known = [emailKey(email), emailKey(email).split('@')[0] ?? '', nameKey(`${firstName} ${lastName}`)];
  if ([...known, nameKey(firstName), nameKey(lastName), nameKey(firstName + lastName)].includes(key)) {
    return 'A password is neither the e-mail address nor the name of its owner.';
  }
  if (COMMON.has(key) || new Set(key).size < DIFFERENT_MIN) {
    return 'This password is one of those that are tried first. Choose another.';
  }
  return null;
}
