import { describe, expect, it } from 'vitest';
import { AddressList, parseAddress } from '../ip/address.js';
import { hostOfAuthority, hasSeveralHosts, RequestHosts } from './request-host.js';

const trusted = AddressList.parse(['127.0.0.1']);

function find(
  headers: Record<string, string | string[]>,
  { believes = true, peer = '127.0.0.1', originalUrl = '/v1/hubs' } = {},
): string | null {
  return new RequestHosts(trusted, believes).find({ originalUrl, headers, client: { peer: parseAddress(peer) } });
}

describe('one spelling of a host', () => {
  it.each([
    ['hub.example', 'hub.example'],
    ['HUB.Example', 'hub.example'],
    ['hub.example.', 'hub.example'],
    ['hub.example:443', 'hub.example'],
    ['hub.example.:443', 'hub.example'],
    ['hub.example:', 'hub.example'],
    ['XN--Bcher-KVA.example', 'xn--bcher-kva.example'],
    ['localhost', 'localhost'],
    ['a_b-c.example', 'a_b-c.example'],
    ['127.0.0.1:3000', '127.0.0.1'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('%j is %s', (written, canonical) => {
    expect(hostOfAuthority(written)).toBe(canonical);
  });

  it.each([
    '',
    '.',
    '.hub.example',
    'hub.example..',
    'hub..example',
    ' hub.example',
    'hub.example ',
    'hub example',
    'hub.example:443:443',
    'hub.example:https',
    'hub.example:-1',
    'hub.example,other.example',
    'user@hub.example',
    'hub.example/path',
    'hub.example?x',
    'hub.example#x',
    '%68ub.example',
    'hub.example\0',
    '[::1]',
    '[::1]:443',
    '::1',
    'bücher.example',
    'hub\u212A.example',
    'hub．example',
    'hub.example\u200b',
    `${'a'.repeat(1e5)}.example`,
    '.'.repeat(1e5),
    ':'.repeat(1e5),
  ])('%j is no host', (written) => {
    expect(hostOfAuthority(written)).toBeNull();
  });
});

describe('the host of a request', () => {
  it('is what Host says', () => {
    expect(find({ host: 'Hub.Example:80' })).toBe('hub.example');
    expect(find({ host: '' })).toBeNull();
    expect(find({})).toBeNull();
  });

  it.each([
    ['http://Other.example:80/v1/hubs', 'other.example'],
    ['https://other.example?x=http://hub.example/', 'other.example'],
    ['HTTP://other.example#x', 'other.example'],
    ['http://user@other.example/', null],
    ['http:///v1', null],
    ['//other.example/v1', 'hub.example'],
    ['/v1?next=http://other.example/', 'hub.example'],
    ['/http://other.example/', 'hub.example'],
  ])('of the target %j is %s, whatever Host says', (originalUrl, host) => {
    expect(find({ host: 'hub.example' }, { originalUrl })).toBe(host);
  });

  it.each<[string, string | string[], string | null]>([
    ['a trusted proxy says', 'asked.example', 'asked.example'],
    ['it says with a port', 'Asked.example:443', 'asked.example'],
    ['the nearest proxy wrote, not what the client put before it', 'forged.example, asked.example', 'asked.example'],
    ['the last of several headers', ['forged.example', 'asked.example'], 'asked.example'],
    ['nobody, when the nearest proxy wrote nothing', 'forged.example,', null],
    ['nobody, when it is no host', 'asked.example:x', null],
    ['nobody, when it is empty', '', null],
  ])('is what %s', (_, forwarded, host) => {
    expect(find({ host: 'inner:3000', 'x-forwarded-host': forwarded })).toBe(host);
    expect(find({ host: 'inner:3000', 'x-forwarded-host': forwarded }, { originalUrl: 'http://other.example/' })).toBe(
      host,
    );
  });

  it('is never what an untrusted peer forwards', () => {
    expect(find({ host: 'hub.example', 'x-forwarded-host': 'forged.example' }, { peer: '192.0.2.1' })).toBe(
      'hub.example',
    );
  });

  it('is not what a proxy forwards of which nobody said that it sets the header', () => {
    expect(find({ host: 'hub.example', 'x-forwarded-host': 'forged.example' }, { believes: false })).toBe(
      'hub.example',
    );
  });
});

describe('the scheme', () => {
  const schemeOf = (proto: string | undefined, believes = true, peer = '127.0.0.1') =>
    new RequestHosts(trusted, believes).schemeOf({
      originalUrl: '/',
      headers: proto === undefined ? {} : { 'x-forwarded-proto': proto },
      client: { peer: parseAddress(peer) },
    });

  it('is HTTP unless a proxy that sets it says otherwise', () => {
    expect(schemeOf('https')).toBe('https');
    expect(schemeOf('http, HTTPS')).toBe('https');
    expect(schemeOf('https, http')).toBe('http');
    expect(schemeOf('ftp')).toBe('http');
    expect(schemeOf(undefined)).toBe('http');
    expect(schemeOf('https', false)).toBe('http');
    expect(schemeOf('https', true, '192.0.2.1')).toBe('http');
  });
});

describe('several Host headers', () => {
  it('are seen in any case, and one is not several', () => {
    expect(hasSeveralHosts(['Host', 'a', 'HOST', 'b'])).toBe(true);
    expect(hasSeveralHosts(['Host', 'a', 'X-Host', 'host', 'host', 'a'])).toBe(true);
    expect(hasSeveralHosts(['Host', 'host', 'From', 'Host'])).toBe(false);
    expect(hasSeveralHosts([])).toBe(false);
  });
});
