import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Socket } from 'node:net';
import { AddressList } from '../ip/address.js';
import { ClientAddresses, clientBucket, MAX_FORWARDED_HOPS, resolveClientAddress } from './client-address.js';

const PROXY = '127.0.0.1';
const trusted = AddressList.parse(['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8']);

function resolve(
  forwardedFor: string | readonly string[] | undefined,
  peer: string | undefined = PROXY,
): string | null {
  return resolveClientAddress({ peer, forwardedFor }, trusted).address?.text ?? null;
}

describe('one element', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.3.4:5678', '1.2.3.4'],
    ['1.2.3.4:0', '1.2.3.4'],
    ['1.2.3.4:65535', '1.2.3.4'],
    ['  1.2.3.4\t', '1.2.3.4'],
    ['"1.2.3.4"', '1.2.3.4'],
    ['"1.2.3.4:5678"', '1.2.3.4'],
    ['" 1.2.3.4 "', '1.2.3.4'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['"[2001:db8::1]:443"', '2001:db8::1'],
    ['"2001:db8::1"', '2001:db8::1'],
    ['fe80::1%12', 'fe80::1'],
    ['[fe80::1%12]', 'fe80::1'],
    ['[fe80::1%eth0]:9', 'fe80::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['[::ffff:1.2.3.4]', '1.2.3.4'],
    ['[::ffff:1.2.3.4]:5678', '1.2.3.4'],
    ['::ffff:102:304', '1.2.3.4'],
    ['2001:db8::1:443', '2001:db8::1:443'],
    ['::', '::'],
    ['0.0.0.0', '0.0.0.0'],
  ])('%j is the client %s', (element, expected) => {
    expect(resolve(element)).toBe(expected);
    expect(resolve(`6.6.6.6, ${element}`)).toBe(expected);
    expect(resolve(`${element}, 10.0.0.5:4444`)).toBe(expected);
  });

  it.each([
    'unknown',
    '_hidden',
    'localhost',
    'example.org:80',
    'for=1.2.3.4',
    'null',
    '-',
    '""',
    '"',
    '" "',
    "'1.2.3.4'",
    '"1.2.3.4',
    '1.2.3.4"',
    '""1.2.3.4""',
    '127.1',
    '010.0.0.1',
    '0x7f.1',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.4:',
    '1.2.3.4:x',
    '1.2.3.4:65536',
    '1.2.3.4:123456',
    '1.2.3.4:-1',
    '1.2.3.4:80:80',
    '1.2.3.4 :80',
    '[1.2.3.4]',
    '[1.2.3.4]:80',
    '[]',
    '[]:80',
    '[::1',
    '::1]',
    '[::1]x',
    '[::1]:',
    '[::1]:x',
    '[::1]:99999',

    '[[::1]]',
    '[ ::1 ]',
    '::1%',
    '2001:db8::1::2',
    '::ffff:1.2.3.4:80',
    '1.2.3.4/32',
    '10.0.0.0/8',
    '1.2.3.4;5.6.7.8',
    '1.2.3.4 5.6.7.8',
    '\u00a01.2.3.4',
    '１.2.3.4',
    '1.2.3.4\0',
    'x'.repeat(1e5),
    '1'.repeat(1e5),
    '['.repeat(1e5),
  ])('%j stops the walk: the client is unknown', (element) => {
    expect(resolve(element)).toBeNull();
    expect(resolve(`1.2.3.4, ${element}`)).toBeNull();
    expect(resolve(`1.2.3.4, ${element}, 10.0.0.5`)).toBeNull();
    expect(resolve(`${element}, 1.2.3.4:5678`)).toBe('1.2.3.4');
  });
});

describe('the walk', () => {
  it.each<[string, string | string[] | undefined, string | null]>([
    ['no header: the peer', undefined, PROXY],
    ['an empty header: the peer', '', PROXY],
    ['only commas and blanks: the peer', ' , ,\t,', PROXY],
    ['no lines: the peer', [], PROXY],
    ['what ARR appends wins over what the client sent', '9.9.9.9, 1.2.3.4:5678', '1.2.3.4'],
    ['a rule that doubles the address', '1.2.3.4, 1.2.3.4:5678', '1.2.3.4'],
    ['a load balancer before ARR', '1.2.3.4:5678, 10.0.0.5:4444', '1.2.3.4'],
    ['trusted v6 hops', '1.2.3.4, [fd00::7]:80, ::1', '1.2.3.4'],
    ['a mapped trusted hop', '1.2.3.4, ::ffff:10.0.0.5', '1.2.3.4'],
    ['the first untrusted one ends it', '1.2.3.4, 5.6.7.8, 10.0.0.5', '5.6.7.8'],
    ['empty elements are dropped', ',, 1.2.3.4 ,, 10.0.0.5 ,', '1.2.3.4'],
    ['no blanks after commas', '9.9.9.9,1.2.3.4', '1.2.3.4'],
    ['several lines are one list', ['9.9.9.9', '1.2.3.4, 10.0.0.5'], '1.2.3.4'],
    ['an empty last line', ['1.2.3.4', ''], '1.2.3.4'],
    ['all trusted: the left-most', '10.0.0.9, 10.0.0.5, 127.0.0.1', '10.0.0.9'],
    ['quotes do not span commas', '"9.9.9.9, 1.2.3.4"', null],
    ['unknown in front of the proxy entry is never seen', 'unknown, 1.2.3.4', '1.2.3.4'],
  ])('%s', (_rule, header, expected) => {
    expect(resolve(header)).toBe(expected);
  });

  it.each(['9.9.9.9', '9.9.9.9, 10.0.0.5', 'unknown', '"', '127.0.0.1'])(
    'ignores %j from an untrusted peer',
    (header) => {
      expect(resolve(header, '8.8.8.8')).toBe('8.8.8.8');
      expect(resolve(header, '2001:db8::8%3')).toBe('2001:db8::8');
    },
  );

  it('accepts the header from a trusted peer in its mapped form', () => {
    expect(resolve('1.2.3.4', '::ffff:127.0.0.1')).toBe('1.2.3.4');
  });

  it('knows nobody when there is no peer', () => {
    expect(resolveClientAddress({ peer: undefined, forwardedFor: '1.2.3.4' }, trusted)).toEqual({
      address: null,
      peer: null,
    });
    expect(resolve('1.2.3.4', 'pipe')).toBeNull();
  });

  it('ignores the header of everyone when nobody is trusted', () => {
    const nobody = AddressList.parse([]);
    expect(resolveClientAddress({ peer: PROXY, forwardedFor: '1.2.3.4' }, nobody).address?.text).toBe(PROXY);
  });

  it('gives up after too many trusted hops', () => {
    const hops = (count: number): string => `1.2.3.4${', 10.0.0.5'.repeat(count)}`;
    expect(resolve(hops(MAX_FORWARDED_HOPS - 1))).toBe('1.2.3.4');
    expect(resolve(hops(MAX_FORWARDED_HOPS))).toBeNull();
  });

  it.each([',', ' ', ', ', '\t,', '1.2.3.4,', '10.0.0.5,', '[', '"', ':', '1', '%', 'a:'])(
    'stays linear on a million bytes of %j',
    (unit) => {
      const hostile = unit.repeat(1e6 / unit.length);
      expect(resolve(`${hostile},1.2.3.4:5678`)).toBe('1.2.3.4');
      expect([null, PROXY, '1.2.3.4']).toContain(resolve(hostile));
    },
  );
});

const client = fc.oneof(
  fc.tuple(fc.integer({ min: 11, max: 126 }), fc.nat(255), fc.nat(255), fc.nat(255)).map((octets) => octets.join('.')),
  fc
    .array(fc.integer({ min: 1, max: 0xffff }), { minLength: 7, maxLength: 7 })
    .map((groups) => ['2001', ...groups.map((group) => group.toString(16))].join(':')),
);
const port = fc.integer({ min: 0, max: 65_535 });
type Style = (ip: string, port: number) => string;
const v4Styles: Style[] = [
  (ip) => ip,
  (ip, at) => `${ip}:${at}`,
  (ip) => `::ffff:${ip}`,
  (ip, at) => `[::ffff:${ip}]:${at}`,
];
const v6Styles: Style[] = [(ip) => ip, (ip) => `[${ip}]`, (ip, at) => `[${ip}]:${at}`, (ip) => `[${ip}%7]`];
const wrappers: ((text: string) => string)[] = [(text) => text, (text) => `"${text}"`, (text) => ` ${text}\t`];
const style = fc.record({ form: fc.nat(3), wrapper: fc.constantFrom(...wrappers) });

function format(
  ip: string,
  at: number,
  { form, wrapper }: { form: number; wrapper: (text: string) => string },
): string {
  const styles = ip.includes(':') ? v6Styles : v4Styles;
  return wrapper((styles[form] ?? String)(ip, at));
}

describe('every client', () => {
  it('is found again in each style, behind any number of hops', () => {
    const hops = fc.array(fc.constantFrom('10.1.2.3', '10.1.2.3:80', '[fd00::1]:9', '::1', ''), { maxLength: 4 });
    fc.assert(
      fc.property(client, port, style, hops, (ip, at, how, behind) => {
        expect(resolve([format(ip, at, how), ...behind].join(', '))).toBe(ip);
        expect(resolve([format(ip, at, how), ...behind])).toBe(ip);
      }),
      { numRuns: 5_000 },
    );
  });

  it('wins over anything hostile in front of it', () => {
    const forged = fc.array(fc.oneof(client, fc.constantFrom('127.0.0.1', '10.0.0.1', '"', '[', 'unknown', ',')));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      forged.map((parts) => parts.join(',')),
    );
    fc.assert(
      fc.property(hostile, client, port, style, (prefix, ip, at, how) => {
        expect(resolve(`${prefix}, ${format(ip, at, how)}`)).toBe(ip);
        expect(resolve([prefix, format(ip, at, how)])).toBe(ip);
      }),
      { numRuns: 5_000 },
    );
  });

  it('has one bucket, whatever its port and whatever it forges (R3)', () => {
    fc.assert(
      fc.property(client, fc.tuple(port, port), fc.tuple(client, client), (ip, [first, second], [one, other]) => {
        const bucket = (forged: string, at: number): string =>
          clientBucket(
            resolveClientAddress(
              { peer: PROXY, forwardedFor: `${forged}, ${format(ip, at, { form: 1, wrapper: String })}` },
              trusted,
            ),
          );
        expect(bucket(one, first)).toBe(bucket(other, second));
      }),
    );
  });

  it('falls back to the bucket of the peer when it is unknown', () => {
    expect(clientBucket(resolveClientAddress({ peer: PROXY, forwardedFor: 'unknown' }, trusted))).toBe(PROXY);
    expect(clientBucket({ address: null, peer: null })).toBe('unknown');
  });
});

describe('the requests of a connection', () => {
  const socketFrom = (peer: string): Socket => Object.defineProperty(new Socket(), 'remoteAddress', { value: peer });

  it('come each from the client that its own header names', () => {
    const addresses = new ClientAddresses(trusted);
    const socket = socketFrom(PROXY);
    const seen = ['1.2.3.4', '1.2.3.4', '5.6.7.8', undefined, '1.2.3.4'].map((header) =>
      addresses.find(socket, header),
    );
    expect(seen.map(({ address }) => address?.text)).toEqual(['1.2.3.4', '1.2.3.4', '5.6.7.8', PROXY, '1.2.3.4']);
  });

  it('have nothing to do with those of another connection', () => {
    const addresses = new ClientAddresses(trusted);
    const seen = [PROXY, '192.0.2.1'].map((peer) => addresses.find(socketFrom(peer), '1.2.3.4').address?.text);
    expect(seen).toEqual(['1.2.3.4', '192.0.2.1']);
  });
});
