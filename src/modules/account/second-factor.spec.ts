import { describe, expect, it } from 'vitest';
import { Secret, TOTP } from 'otpauth';
import { newId } from '../../common/ids.js';
import { Config, readEnvironment } from '../../config/index.js';
import { Account } from './account.entity.js';
import { SecondFactor } from './second-factor.js';

const STEP_MS = 30_000;
const NOW = 1_700_000_010_000;
const factor = new SecondFactor(new Config(readEnvironment({ HUBGATE_SECRET: 's'.repeat(40) })));
const account = Object.assign(new Account(), { id: newId(), email: 'ada@example.com' });

describe('one-time codes', () => {
  const { secret, uri, sealed } = factor.newSecret(account);
  const codeAt = (time: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: time });
  const stepOf = (code: string, last: number | null = null, now = NOW) =>
    factor.stepOf(account.id, sealed, code, last, now);
  const current = Math.floor(NOW / STEP_MS);

  it('come with a secret of 160 bits, as an app scans it, and are stored sealed for one account', () => {
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toMatch(/^otpauth:\/\/totp\/Hubgate:ada%40example\.com\?issuer=Hubgate&secret=[A-Z2-7]{32}&/);
    expect(sealed.toString('latin1')).not.toContain(Buffer.from(Secret.fromBase32(secret).buffer).toString('latin1'));
    expect(() => factor.stepOf(newId(), sealed, '123456', null, NOW)).toThrow('authenticate');
  });

  it('are those of RFC 6238', () => {
    const rfc = new TOTP({ secret: new Secret({ buffer: new TextEncoder().encode('12345678901234567890').buffer }) });
    expect(rfc.generate({ timestamp: 59_000 })).toBe('287082');
  });

  it('are taken one step before and after, not two', () => {
    const steps = [-2, -1, 0, 1, 2].map((by) => stepOf(codeAt(NOW + by * STEP_MS)));
    expect(steps).toEqual([null, current - 1, current, current + 1, null]);
  });

  it('count once: neither that step nor one before it is taken again', () => {
    expect(stepOf(codeAt(NOW), current)).toBeNull();
    expect(stepOf(codeAt(NOW - STEP_MS), current)).toBeNull();
    expect(stepOf(codeAt(NOW + STEP_MS), current)).toBe(current + 1);
  });

  it.each(['', '12345', '1234567', '12345a', ' 12345', '١٢٣٤٥٦', `${'0'.repeat(1000)}`])(
    'are six digits: not %j',
    (code) => {
      expect(stepOf(code)).toBeNull();
    },
  );
});

describe('recovery codes', () => {
  const { codes, digests } = factor.newRecoveryCodes(account.id);

  it('are ten of 80 bits, stored as keyed digests', () => {
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    codes.forEach((code) => expect(code).toMatch(/^(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}$/));
    expect(JSON.stringify(digests)).not.toContain(codes[0]);
    expect(factor.newRecoveryCodes(newId()).digests.some((digest) => digests.includes(digest))).toBe(false);
  });

  it('are gone once used; case, blanks and dashes do not count', () => {
    const [first = ''] = codes;
    const left = factor.without(account.id, digests, ` ${first.toLowerCase().replaceAll('-', ' ')}`);
    expect(left).toEqual(digests.slice(1));
    expect(factor.without(account.id, left ?? [], first)).toBeNull();
  });

  it('are good for their account only', () => {
    expect(factor.without(newId(), digests, codes[0] ?? '')).toBeNull();
    expect(factor.without(account.id, digests, '')).toBeNull();
    expect(factor.without(account.id, digests, 'x'.repeat(100_000))).toBeNull();
  });
});
