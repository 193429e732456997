import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { InvalidInputError } from '../errors/index.js';
import {
  type Address,
  addressBucket,
  AddressList,
  type AddressRange,
  explainInvalidRange,
  parseAddress,
  parseAddressRange,
  rangeContains,
  rangeWithin,
} from './address.js';

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === null) {
    throw new Error(`not an address: ${text}`);
  }
  return parsed;
}

function range(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  if (parsed === null) {
    throw new Error(`not a range: ${text}`);
  }
  return parsed;
}

function refusalOf(action: () => unknown): InvalidInputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error;
    }
    throw error;
  }
  throw new Error('nothing was refused');
}

const v4Bits = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const v6Bits = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).filter((bits) => bits >> 32n !== 0xffffn);
const dotted = (bits: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
const groups = (bits: bigint): string =>
  Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - index * 16)) & 0xffffn).toString(16)).join(':');

describe('an address', () => {
  it.each([
    ['1.2.3.4', 4, '1.2.3.4'],
    ['0.0.0.0', 4, '0.0.0.0'],
    ['255.255.255.255', 4, '255.255.255.255'],
    ['::ffff:1.2.3.4', 4, '1.2.3.4'],
    ['::FFFF:1.2.3.4', 4, '1.2.3.4'],
    ['::ffff:102:304', 4, '1.2.3.4'],
    ['0:0:0:0:0:ffff:1.2.3.4', 4, '1.2.3.4'],
    ['0000:0000:0000:0000:0000:ffff:0102:0304', 4, '1.2.3.4'],
    ['::ffff:1.2.3.4%eth0', 4, '1.2.3.4'],
    ['::1', 6, '::1'],
    ['::', 6, '::'],
    ['2001:DB8::1', 6, '2001:db8::1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', 6, '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', 6, '2001:db8::1:0:0:1'],
    ['fe80::1%12', 6, 'fe80::1'],
    ['fe80::1%Ethernet-2', 6, 'fe80::1'],
    ['64:ff9b::192.0.2.33', 6, '64:ff9b::c000:221'],
    ['::1.2.3.4', 6, '::102:304'],
    ['::0.0.0.1', 6, '::1'],
    ['::ffff:0:1.2.3.4', 6, '::ffff:0:102:304'],
  ])('reads %s as v%i %s', (text, version, canonical) => {
    expect(parseAddress(text)).toMatchObject({ version, text: canonical });
  });

  it.each([
    '',
    ' ',
    'unknown',
    'localhost',
    '127.1',
    '1.2.3',
    '1.2.3.4.5',
    '16909060',
    '0x7f.0.0.1',
    '0x7f000001',
    '010.0.0.1',
    '1.2.3.04',
    '1.2.3.256',
    '1.2.3.-4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '1.2.3.4\0',
    '１.2.3.4',
    '1.2.3.4:80',
    '1.2.3.4/32',
    '1.2.3.4%eth0',
    '[::1]',
    '[::1]:80',
    ':::',
    '1::2::3',
    '12345::',
    '::g',
    '1:2:3',

    '1:2:3:4:5:6:7:8:9',
    '::ffff:010.0.0.1',
    '::ffff:1.2.3',
    '::1%',
    '::%:',
    'fe80::1%a:b',
    '::1%a b',
    '::1%a%b',
    '::1/128',
    ':'.repeat(1e6),
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('has one text for all its spellings, which reads back as itself', () => {
    fc.assert(
      fc.property(v6Bits, (bits) => {
        const text = address(groups(bits)).text;
        expect(address(groups(bits).toUpperCase()).text).toBe(text);
        expect(address(`${text}%3`)).toEqual(address(text));
      }),
    );
    fc.assert(
      fc.property(v4Bits, (bits) => {
        const text = dotted(bits);
        expect([text, `::ffff:${text}`, groups((0xffffn << 32n) | bits)].map((one) => address(one).text)).toEqual(
          Array(3).fill(text),
        );
      }),
    );
  });

  it('never throws, whatever the text', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'0123456789abcdefF:.%[]/ x'.split('')), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(alphabet, fc.string({ unit: 'binary' })), (text) => {
        parseAddress(text);
        parseAddressRange(text);
        expect(explainInvalidRange(text)).not.toBe('');
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('a range', () => {
  it.each([
    ['10.0.0.5', '10.0.0.5', 32],
    ['10.0.0.5/32', '10.0.0.5', 32],
    ['10.0.0.0/8', '10.0.0.0/8', 8],
    ['0.0.0.0/0', '0.0.0.0/0', 0],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8', 8],
    ['::ffff:a00:0/104', '10.0.0.0/8', 8],
    ['::ffff:0:0/96', '0.0.0.0/0', 0],
    ['::ffff:10.0.0.5', '10.0.0.5', 32],
    ['2001:db8::1', '2001:db8::1', 128],
    ['2001:DB8:0::/32', '2001:db8::/32', 32],
    ['::/0', '::/0', 0],
  ])('reads %s as %s', (text, canonical, prefix) => {
    expect(range(text)).toMatchObject({ text: canonical, prefix });
  });

  it.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/8.0',
    '*',
    '10.0.0.0/ 8',
    '10.0.0.0/255.0.0.0',
    '10.0.0.*',
    '10.0.0.1-10.0.0.9',
    '10/8',
    '::/129',
    '::/1e1',
    '[::1]',
    'fe80::1%12',
    'fe80::%12/10',
    '::ffff:10.0.0.0/95',
    '::ffff:0.0.0.0/8',
    '1.2.3.4:80',
  ])('refuses %j', (text) => {
    expect(parseAddressRange(text)).toBeNull();
    expect(explainInvalidRange(text)).toBe('is not an IPv4 or IPv6 address or CIDR range');
  });

  it.each([
    ['10.1.2.3/8', '10.0.0.0/8', '10.1.2.3'],
    ['10.1.2.3/0', '0.0.0.0/0', '10.1.2.3'],
    ['2001:db8::1/64', '2001:db8::/64', '2001:db8::1'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8', '10.1.2.3'],
  ])('refuses host bits in %s and says what to write', (text, network, single) => {
    expect(parseAddressRange(text)).toBeNull();
    expect(explainInvalidRange(text)).toContain(`${network} for the network or ${single} for one address`);
  });

  it('contains exactly the addresses that share its bits', () => {
    const check =
      (total: number, format: (bits: bigint) => string) => (bits: bigint, other: bigint, prefix: number) => {
        const shift = BigInt(total - prefix);
        const near = ((bits >> shift) << shift) | (other & ((1n << shift) - 1n));
        const parent = range(`${format((bits >> shift) << shift)}/${prefix}`);
        expect(rangeContains(parent, address(format(near)))).toBe(true);
        expect(rangeContains(parent, address(format(other)))).toBe(other >> shift === bits >> shift);
      };
    fc.assert(fc.property(v4Bits, v4Bits, fc.integer({ min: 0, max: 32 }), check(32, dotted)));
    const v6Top = v6Bits.map((bits) => bits | (1n << 127n));
    fc.assert(fc.property(v6Top, v6Top, fc.integer({ min: 0, max: 128 }), check(128, groups)));
  });

  it('never holds addresses of the other version', () => {
    expect(rangeContains(range('::/0'), address('1.2.3.4'))).toBe(false);
    expect(rangeContains(range('::/0'), address('::ffff:1.2.3.4'))).toBe(false);
    expect(rangeContains(range('0.0.0.0/0'), address('::1.2.3.4'))).toBe(false);
    expect(rangeWithin(range('0.0.0.0/0'), range('::/0'))).toBe(false);
  });

  it.each([
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.1.0.0/16', false],
    ['10.0.0.0/8', '10.0.0.0/9', false],
    ['11.0.0.1', '10.0.0.0/8', false],
    ['2001:db8:1::/48', '2001:db8::/32', true],
    ['2001:db9::/48', '2001:db8::/32', false],
    ['::ffff:10.1.0.0/112', '10.0.0.0/8', true],
  ])('%s within %s: %s', (child, parent, expected) => {
    expect(rangeWithin(range(child), range(parent))).toBe(expected);
  });
});

describe('an address list', () => {
  it('denies an unknown address, and everything when it is empty', () => {
    expect(AddressList.parse(['0.0.0.0/0', '::/0']).contains(null)).toBe(false);
    expect(AddressList.parse([]).contains(address('127.0.0.1'))).toBe(false);
  });

  it('treats a bare v6 as /128, not as /32 (incident 31)', () => {
    const list = AddressList.parse(['2001:db8::1']);
    expect(list.contains(address('2001:db8::1'))).toBe(true);
    expect(list.contains(address('2001:db8::2'))).toBe(false);
  });

  it('knows v4 in every spelling (incident 31)', () => {
    for (const entry of ['127.0.0.1', '::ffff:127.0.0.1', '127.0.0.0/8', '::ffff:7f00:1/128']) {
      for (const text of ['127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1']) {
        expect(AddressList.parse([entry]).contains(address(text))).toBe(true);
      }
    }
  });

  it('shows canonical entries without doubles', () => {
    const list = AddressList.parse(['10.0.0.5/32', '::ffff:10.0.0.5', '2001:DB8::/32', '10.0.0.5']);
    expect(list.entries).toEqual(['10.0.0.5', '2001:db8::/32']);
  });

  it('refuses the whole list for one bad entry, names it and points at it', () => {
    const refusal = refusalOf(() => AddressList.parse(['10.0.0.1', '10.1.2.3/8', '', 'x'.repeat(80)], '/ips'));
    expect(refusal.details.source).toBe('/ips/1');
    expect(refusal.details.detail).toContain('"10.1.2.3/8" has bits set after its prefix length; write 10.0.0.0/8');
    expect(refusal.details.detail).toContain('"(too long)" is not');
    expect(refusal.details.extra?.['invalid']).toMatchObject([{ index: 1 }, { index: 2, entry: '' }, { index: 3 }]);
  });

  it.each([
    [['10.1.0.0/16', '2001:db8::1'], ['10.0.0.0/8', '2001:db8::/32'], true],
    [['10.1.0.0/16', '11.0.0.1'], ['10.0.0.0/8'], false],
    [['10.0.0.0/8'], ['10.0.0.0/9', '10.128.0.0/9'], false],
    [['0.0.0.0/0'], ['10.0.0.0/8'], false],
    [['10.0.0.1'], [], false],
    [[], ['10.0.0.0/8'], true],
  ])('%j is within %j: %s', (child, parent, expected) => {
    expect(AddressList.parse(child).isWithin(AddressList.parse(parent))).toBe(expected);
  });

  it('contains no address that a list around it does not', () => {
    const cidr = (bits: bigint, prefix: number): string => {
      const shift = BigInt(32 - prefix);
      return `${dotted((bits >> shift) << shift)}/${prefix}`;
    };
    const nested = fc.array(fc.tuple(v4Bits, fc.nat(32), fc.nat(32)), { minLength: 1 });
    fc.assert(
      fc.property(nested, fc.array(v4Bits), (pairs, elsewhere) => {
        const parent = AddressList.parse(pairs.map(([bits, one, two]) => cidr(bits, Math.min(one, two))));
        const child = AddressList.parse(pairs.map(([bits, one, two]) => cidr(bits, Math.max(one, two))));
        const probes = [...elsewhere, ...pairs.map(([bits]) => bits)].map((bits) => address(dotted(bits)));
        expect(child.isWithin(parent)).toBe(true);
        expect(probes.filter((probe) => child.contains(probe)).length).toBeGreaterThanOrEqual(pairs.length);
        expect(probes.filter((probe) => child.contains(probe) && !parent.contains(probe))).toEqual([]);
      }),
    );
  });
});

describe('a rate-limit bucket', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::', '2001:db8:1:3::/64'],
    ['::1', '::/64'],
  ])('of %s is %s', (text, bucket) => {
    expect(addressBucket(address(text))).toBe(bucket);
  });
});
