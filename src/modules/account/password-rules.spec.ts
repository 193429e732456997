import { describe, expect, it } from 'vitest';
import { assertStrongPassword } from './password-rules.js';

const OWNER = { email: 'ada.lovelace@example.com', firstName: 'Ada', lastName: 'Lovelace-King' };

describe('a password', () => {
  it.each([
    ['of 12 letters', 'tulip garden'],
    ['of 128', 'ab3 efgh'.repeat(16)],
    ['without digits, capitals or signs', 'some quite ordinary words'],
    ['in another script', 'пароль для хаба'],
    ['of signs beyond the basic plane', '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧'],
  ])('%s is accepted', (_, password) => {
    expect(() => assertStrongPassword(password, OWNER)).not.toThrow();
  });

  it.each([
    ['of 11 characters', 'tulip garde'],
    ['of 6 signs that count double', '🦊🐻🐼🐨🐯🦁'],
    ['of 129', `${'ab3 efgh'.repeat(16)}x`],
    ['that grows when it is normalised', 'ﷺ'.repeat(100)],
    ['of a million', 'ab3d'.repeat(250_000)],
    ['that is the address', 'Ada.Lovelace@EXAMPLE.com'],
    ['that is what stands before the @', 'ADA.LOVELACE'],
    ['that is the last name', 'lovelace-KING'],
    ['that is the whole name', 'ada lovelace-king'],
    ['that many have', 'Password1234'],
    ['that is one character', 'aaaaaaaaaaaaaa'],
    ['that is four', 'abcdabcdabcdabcd'],
  ])('%s is refused, by name of its place', (_, password) => {
    expect(() => assertStrongPassword(password, OWNER, '/password')).toThrow(
      expect.objectContaining({ status: 422, details: expect.objectContaining({ source: '/password' }) }),
    );
  });
});
