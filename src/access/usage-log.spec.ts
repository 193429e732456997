import { beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../common/ip/index.js';
import { platformPrincipal } from './platform.js';
import { USES_MAX, UsageLog } from './usage-log.js';

describe('UsageLog', () => {
  let log: UsageLog;
  const { record } = platformPrincipal('hub');
  const at = (text: string) => parseAddress(text);

  beforeEach(() => {
    log = new UsageLog();
  });

  it('keeps the latest use of each secret, until it is drained', () => {
    log.touch({ ...record, credentialId: 's1' }, at('192.0.2.1'), 1);
    log.touch({ ...record, credentialId: 's1' }, at('192.0.2.2'), 2);
    log.touch({ ...record, credentialId: 's2' }, null, 3);

    expect(log.drainUses()).toEqual([
      { hubId: 'hub', secretId: 's1', at: 2, address: '192.0.2.2' },
      { hubId: 'hub', secretId: 's2', at: 3, address: null },
    ]);
    expect(log.drainUses()).toEqual([]);
  });

  it('keeps the uses of so many secrets and no more', () => {
    for (let index = 0; index <= USES_MAX; index += 1) {
      log.touch({ ...record, credentialId: `s${index}` }, null, 1);
    }
    log.touch({ ...record, credentialId: 's0' }, null, 2);

    const drained = log.drainUses();
    expect(drained).toHaveLength(USES_MAX);
    expect(drained[0]).toMatchObject({ secretId: 's0', at: 2 });
  });

  it('counts refusals by key, address and code, until they are drained', () => {
    const refuse = (keyId: string, from: string, code: string, now: number) =>
      log.countRefusal({ ...record, subjectId: keyId }, at(from), code, now);
    refuse('k1', '192.0.2.1', 'x', 1);
    refuse('k1', '192.0.2.1', 'x', 2);
    refuse('k1', '192.0.2.1', 'y', 3);
    refuse('k1', '192.0.2.2', 'x', 4);
    refuse('k2', '192.0.2.1', 'x', 5);

    const drained = log
      .drainRefusals()
      .map(({ subjectId, address, code, count, lastAt }) => [subjectId, address, code, count, lastAt]);
    expect(drained).toEqual([
      ['k1', '192.0.2.1', 'x', 2, 2],
      ['k1', '192.0.2.1', 'y', 1, 3],
      ['k1', '192.0.2.2', 'x', 1, 4],
      ['k2', '192.0.2.1', 'x', 1, 5],
    ]);
    expect(log.drainRefusals()).toEqual([]);
  });

  it('holds a bounded number of refusals and loses no count: beyond the bound, addresses are counted together', () => {
    for (let index = 0; index < 12_000; index += 1) {
      log.countRefusal(record, at(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`), 'x', index);
    }
    const drained = log.drainRefusals();

    expect(drained).toHaveLength(10_001);
    expect(drained.reduce((sum, { count }) => sum + count, 0)).toBe(12_000);
    expect(drained.at(-1)).toMatchObject({ address: null, count: 2000 });
  });

  it('keeps the first use of an ended secret of each key, until it is drained', () => {
    const note = (keyId: string, secretId: string, from: string | null) =>
      log.noteEndedSecret({ ...record, subjectId: keyId, credentialId: secretId }, from === null ? null : at(from));
    note('k1', 's1', '192.0.2.1');
    note('k1', 's2', '192.0.2.2');
    note('k2', 's3', null);

    expect(log.drainEndedSecrets()).toEqual([
      { hubId: 'hub', keyId: 'k1', secretId: 's1', address: '192.0.2.1' },
      { hubId: 'hub', keyId: 'k2', secretId: 's3', address: null },
    ]);
    expect(log.drainEndedSecrets()).toEqual([]);
  });

  it('takes an ended secret back that could not be acted on; a newer use of the same key stays', () => {
    const use = { hubId: 'hub', keyId: 'k1', secretId: 's1', address: null };
    log.putBackEndedSecrets([use]);
    expect(log.drainEndedSecrets()).toEqual([use]);
    log.noteEndedSecret({ ...record, subjectId: 'k1', credentialId: 's2' }, at('192.0.2.1'));
    log.putBackEndedSecrets([use]);

    expect(log.drainEndedSecrets()).toMatchObject([{ secretId: 's2' }]);
  });

  it('holds ended secrets of a bounded number of keys', () => {
    for (let index = 0; index < 12_000; index += 1) {
      log.noteEndedSecret({ ...record, subjectId: `k${index}` }, null);
    }

    expect(log.drainEndedSecrets()).toHaveLength(10_000);
  });
});
