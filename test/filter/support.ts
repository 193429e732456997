import { AddressList, parseAddress } from '../../src/common/ip/index.js';
import {
  compileFilter,
  requestFacts,
  type RequestFactsForRules,
  type RequestParts,
  type RuleLists,
} from '../../src/modules/domain/filter/index.js';
import { parseFilter } from '../../src/modules/domain/filter/parse.js';

export const REQUEST: RequestParts = {
  method: 'GET',
  url: '/api/v1/%64omains/a?name=value&n=1&n=2&empty=&q=a%20b+c&%6Bey=x%26y',
  rawHeaders: [
    ['User-Agent', 'Mozilla/5.0 (X11) Bot/1.0'],
    ['X-Test', 'one'],
    ['x-test', 'Two'],
    ['x-number', '12'],
    ['X-Empty', ''],
    ['cookie', 'a=1'],
    ['Cookie', 'b=2'],
    ['Referer', 'https://www.example.org/'],
    ['X-Forwarded-For', '198.51.100.1'],
    ['x-forwarded-for', '203.0.113.7'],
  ].flat(),
  address: parseAddress('203.0.113.7'),
  host: 'api.example.com',
  scheme: 'https',
};

export const LISTS: RuleLists = new Map([
  ['office', { type: 'ip', ips: AddressList.parse(['203.0.113.0/24', '2001:db8::/32']) }],
  ['nowhere', { type: 'ip', ips: AddressList.parse([]) }],
  ['home-1.x', { type: 'ip', ips: AddressList.parse(['198.51.100.1']) }],
  ['methods', { type: 'string', values: new Set(['GET', 'HEAD']) }],
  ['words', { type: 'string', values: new Set(['one', 'three']) }],
  ['sizes', { type: 'int', values: new Set([3, 15]) }],
]);

/** The first reading of the request, some of it changed. */
export function facts(change: Partial<RequestParts> = {}): RequestFactsForRules {
  const [first] = requestFacts({ ...REQUEST, ...change });
  if (!first) {
    throw new Error('A request has at least one reading.');
  }
  return first;
}

export function holds(text: string, change: Partial<RequestParts> = {}): boolean {
  return compileFilter(parseFilter(text), LISTS)(facts(change));
}
