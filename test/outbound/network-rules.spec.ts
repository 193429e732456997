import { describe, expect, it } from 'vitest';
import { type Address, type AddressRange, parseAddress, parseAddressRange } from '../../src/common/ip/index.js';
import { isNeverCalled, mayCall, type NetworkEntry } from '../../src/modules/outbound/network-rules.js';

const range = (text: string): AddressRange => {
  const read = parseAddressRange(text);
  if (!read) {
    throw new TypeError(text);
  }
  return read;
};
const address = (text: string): Address => {
  const read = parseAddress(text);
  if (!read) {
    throw new TypeError(text);
  }
  return read;
};
const allow = (...texts: string[]): NetworkEntry[] => texts.map((text) => ({ range: range(text), allowed: true }));
const deny = (...texts: string[]): NetworkEntry[] => texts.map((text) => ({ range: range(text), allowed: false }));

const INTERNET = allow('0.0.0.0/0', '::/0');
/** As wide as an admin can go. */
const EVERYTHING = [
  ...INTERNET,
  ...allow('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', 'fc00::/7'),
  ...allow('127.0.0.0/8', '::1', '169.254.0.0/16', '169.254.169.254', 'fe80::/10', '224.0.0.0/4', 'fd00:ec2::254'),
];

const NEVER = [
  '0.0.0.0',
  '0.0.0.1',
  '0.255.255.255',
  '127.0.0.1',
  '127.0.0.53',
  '127.1.2.3',
  '127.255.255.255',
  '169.254.0.1',
  '169.254.169.254',
  '169.254.170.2',
  '169.254.255.255',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.1',
  '192.0.0.192',
  '192.88.99.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'fec0::1',
  'ff02::1',
  'ff0e::1',
  '100::1',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '::ffff:0:0',
  '::127.0.0.1',
  '::169.254.169.254',
  '::ffff:0:127.0.0.1',
  '::ffff:0:169.254.169.254',
  '64:ff9b::127.0.0.1',
  '64:ff9b::169.254.169.254',
  '64:ff9b::7f00:1',
  '64:ff9b:1::8.8.8.8',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '2001:0:7f00:1::f7f7:f7f7',
  '2001:0:808:808::80ff:fffe',
  '2001:0:808:808::5601:5601',
  '2001:db8::5efe:127.0.0.1',
  '2001:db8::200:5efe:169.254.169.254',
];
const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '93.184.216.34',
  '100.63.255.255',
  '100.128.0.0',
  '128.0.0.1',
  '126.255.255.255',
  '169.253.255.255',
  '169.255.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '192.167.255.255',
  '192.169.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001::1',
  '2001:db8::1',
  '2002:808:808::1',
  '64:ff9b::8.8.8.8',
  '::ffff:8.8.8.8',
];
const INNER = [
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.255.255',
  '100.64.0.1',
  '100.127.255.255',
  '198.18.0.1',
  'fc00::1',
  'fd12:3456::1',
  '::ffff:10.0.0.1',
  '64:ff9b::10.0.0.1',
  '2002:a00:1::',
  '2001:db8::5efe:10.0.0.1',
  '2001:0:808:808::f5ff:fffe',
];

describe('an address that no call goes to', () => {
  it.each(NEVER)('%s is refused, whatever is allowed', (text) => {
    expect(mayCall(address(text), EVERYTHING, false)).toBe(false);
  });
});

describe('the internet', () => {
  it.each(PUBLIC)('%s is allowed by 0.0.0.0/0 and ::/0', (text) => {
    expect(mayCall(address(text), INTERNET, false)).toBe(true);
  });

  it.each(PUBLIC)('%s is refused while nothing is allowed', (text) => {
    expect(mayCall(address(text), [], true)).toBe(false);
  });
});

describe('an inner network', () => {
  it.each(INNER)('%s is not part of 0.0.0.0/0 and ::/0', (text) => {
    expect(mayCall(address(text), INTERNET, false)).toBe(false);
  });

  it.each(INNER)('%s can be allowed by name', (text) => {
    expect(mayCall(address(text), EVERYTHING, false)).toBe(true);
  });

  it.each([
    ['10.1.2.3', '10.1.0.0/16', true],
    ['10.2.2.3', '10.1.0.0/16', false],
    ['10.1.2.3', '8.0.0.0/5', false],
    ['192.168.1.7', '192.168.1.7', true],
    ['192.168.1.8', '192.168.1.7', false],
    ['fd12::1', 'fd00::/8', true],
    ['fd12::1', '::/0', false],
    ['10.1.2.3', '::/0', false],
  ])('%s under %s alone: %s', (text, network, expected) => {
    expect(mayCall(address(text), allow(network), false)).toBe(expected);
  });
});

describe('a denied network', () => {
  it('wins over whatever allows it, wider or narrower', () => {
    expect(mayCall(address('10.1.2.3'), [...allow('10.0.0.0/8'), ...deny('10.1.0.0/16')], false)).toBe(false);
    expect(mayCall(address('10.1.2.3'), [...allow('10.1.2.3'), ...deny('10.0.0.0/8')], false)).toBe(false);
    expect(mayCall(address('10.2.2.3'), [...allow('10.0.0.0/8'), ...deny('10.1.0.0/16')], false)).toBe(true);
    expect(mayCall(address('::ffff:8.8.8.8'), [...INTERNET, ...deny('8.0.0.0/8')], false)).toBe(false);
    expect(mayCall(address('2002:808:808::'), [...INTERNET, ...deny('8.0.0.0/8')], false)).toBe(false);
  });
});

describe('this machine', () => {
  it('is allowed only with the switch and an entry of its own', () => {
    expect(mayCall(address('127.0.0.1'), allow('127.0.0.0/8'), true)).toBe(true);
    expect(mayCall(address('::1'), allow('::1'), true)).toBe(true);
    expect(mayCall(address('127.0.0.1'), allow('127.0.0.0/8'), false)).toBe(false);
    expect(mayCall(address('127.0.0.1'), INTERNET, true)).toBe(false);
    expect(mayCall(address('::1'), INTERNET, true)).toBe(false);
  });

  it.each(NEVER.filter((text) => !/127|7f00|::1$|80ff:fffe/.test(text)))('the switch does not open %s', (text) => {
    expect(mayCall(address(text), EVERYTHING, true)).toBe(false);
  });
});

describe('an entry that could never act', () => {
  it.each([
    ['127.0.0.1', false, true],
    ['127.0.0.0/8', true, false],
    ['169.254.169.254', true, true],
    ['fe80::/64', true, true],
    ['0.0.0.0/0', false, false],
    ['0.0.0.0/8', true, true],
    ['::ffff:127.0.0.1', false, true],
    ['10.0.0.0/8', false, false],
  ])('%s with the switch %s: %s', (text, loopback, expected) => {
    expect(isNeverCalled(range(text), loopback)).toBe(expected);
  });
});
