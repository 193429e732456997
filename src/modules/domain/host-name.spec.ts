import { describe, expect, it } from 'vitest';
import { hostNameOf, isLocalName } from './host-name.js';

const LABEL = 'a'.repeat(63);
const LONGEST = `${LABEL}.${LABEL}.${LABEL}.${'b'.repeat(61)}`;

describe('hostNameOf', () => {
  it.each([
    ['shop.example.com', 'shop.example.com'],
    ['Shop.EXAMPLE.com', 'shop.example.com'],
    ['shop.example.com.', 'shop.example.com'],
    ['ｓhop.example.com', 'shop.example.com'],
    ['shop。example．com', 'shop.example.com'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['faß.example', 'xn--fa-hia.example'],
    ['1e100.net', '1e100.net'],
    ['a--b.example', 'a--b.example'],
    ['localhost', 'localhost'],
    [LONGEST, LONGEST],
    [`${LONGEST}.`, LONGEST],
  ])('reads %s as %s, and that as itself', (text, name) => {
    expect(hostNameOf(text)).toBe(name);
    expect(hostNameOf(name)).toBe(name);
  });

  it('keeps a name that only looks like another one apart from it', () => {
    expect(hostNameOf('ѕhop.example.com')).toBe('xn--hop-ehd.example.com');
    expect(hostNameOf('ѕhop.example.com')).not.toBe(hostNameOf('shop.example.com'));
  });

  it.each([
    '',
    '.',
    '..',
    '.example.com',
    'shop..example.com',
    'shop.example.com..',
    'shop.example.com:80',
    'http://shop.example.com',
    'shop.example.com/path',
    'shop.example.com?x',
    'shop.example.com#x',
    'shop\\example.com',
    'user@shop.example.com',
    'sh%6fp.example.com',
    '%73hop.example.com',
    '*.example.com',
    'shop_1.example.com',
    '-shop.example.com',
    'shop-.example.com',
    'shop example.com',
    ' shop.example.com',
    'shop.example.com\n',
    'shop\0.example.com',
    'shop\t.example.com',
    'sh\u00ADop.example.com',
    'sh\u200Bop.example.com',
    'sh\u202Eop.example.com',
    '127.0.0.1',
    '127.1',
    '1.2.3',
    '0x7f.1',
    '2130706433',
    '0x7f000001',
    '１２７.0.0.1',
    'example.123',
    'example.0x1',
    '[::1]',
    '::1',
    'xn--a.example',
    'xn--.example',
    'xn--shop-.example.com',
    'a⒈example.com',
    `${'a'.repeat(64)}.example.com`,
    `${LONGEST}b`,
    `${'a.'.repeat(2000)}com`,
    "shop.example.com' OR 1=1 --",
  ])('reads %j as no host', (text) => {
    expect(hostNameOf(text)).toBeNull();
  });
});

describe('isLocalName', () => {
  it.each(['localhost', 'hub', 'hub.localhost', 'a.b.localhost'])('holds for %s', (name) => {
    expect(isLocalName(name)).toBe(true);
  });

  it.each(['localhost.example.com', 'shop.example.com', 'mylocalhost.example'])('does not hold for %s', (name) => {
    expect(isLocalName(name)).toBe(false);
  });
});
