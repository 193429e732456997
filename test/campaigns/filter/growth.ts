import { AddressList } from '../../../src/common/ip/index.js';
import {
  compileFilter,
  FilterError,
  FILTER_LENGTH_MAX,
  requestFacts,
} from '../../../src/modules/domain/filter/index.js';
import { parseFilter } from '../../../src/modules/domain/filter/parse.js';
import { compileRuleSet } from './rule-sets.js';

/** Work whose time must grow no faster than its size. */
export interface Growth {
  readonly name: string;
  /** @throws Error where it grew faster */
  readonly check: () => void;
}

/** Repeated up to the longest filter: what a lexer, a parser or a check could trip over again and again. */
const REPEATED = [
  ...String.raw`( ) ! " "" \ "\ r r# r#" r" # 1 1. 1.1 1.. a a. a: : 1a - $ $a { [ ] 😀 é & && = any( lower(`.split(
    ' ',
  ),
  '\n',
  ' ',
  '\0',
  'not ',
  'ssl and ',
  'ssl or ',
  '"a" ',
  '"x" ',
  'ip.src in {',
  'ip.src in {10.0.0.0/8} or ',
  'http.host == "a" or ',
  'http.host in {"a"} xor ',
  'len(http.host) in {1..2} and ',
  'http.host ~ "a+" or ',
  'http.request.headers["a"] == "b" and ',
];
const BEFORE = [
  '',
  'http.host == "',
  'http.host in {',
  'http.host ~ "',
  'ssl and not (',
  'ip.src in {::1 ',
  'len(ssl) == ',
];

/** With every start of work that may come between; twice the size and this is still linear. */
const SLACK = 8;
const UNNOTICED_MICROSECONDS = 20_000;
const TRIES = 3;

export const GROWTH: readonly Growth[] = [
  ...BEFORE.map((before) => ({
    name: `reading texts that begin with ${JSON.stringify(before)}`,
    check: () => {
      for (const part of REPEATED) {
        assertLinear(`${before} and ${JSON.stringify(part)}`, FILTER_LENGTH_MAX / 2, (length) => {
          const text = `${before}${part.repeat(length / part.length)}`.slice(0, length);
          return () => readOrRefused(text);
        });
      }
    },
  })),
  {
    name: 'asking requests with long URLs and headers',
    check: () => {
      const rules = ASKED.map((text) => parseFilter(text));
      const set = compileRuleSet(rules, new Map());
      for (const part of ['a', 'ab', '/', '/.', '%25', 'a=b&', '&', ' .', '%41', '\\']) {
        assertLinear(`a URL of ${JSON.stringify(part)}`, 8000, (length) => {
          const url = `/${part.repeat(length / part.length)}?${part.repeat(length / part.length)}`;
          const rawHeaders = ['user-agent', url, ...url.split('/').flatMap((value) => ['x-test', value])];
          return () => {
            const request = { ...NOBODY, url, rawHeaders };
            rules.forEach((rule) => requestFacts(request).forEach(compileFilter(rule, new Map())));
            requestFacts(request).forEach((facts) => [...set.matches(facts)]);
          };
        });
      }
    },
  },
  {
    name: 'compiling lists of addresses',
    check: () => {
      assertLinear('a list', 2000, (length) => {
        const entries = Array.from({ length }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
        const lists = new Map([['ips', { type: 'ip' as const, ips: AddressList.parse(entries) }]]);
        return () => compileRuleSet([parseFilter('ip.src in $ips')], lists);
      });
    },
  },
];

const NOBODY = { method: 'GET', address: null, host: 'a', scheme: 'http' as const };
const ASKED = [
  'http.user_agent contains "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"',
  `http.request.uri contains "${'a'.repeat(128)}b${'a'.repeat(127)}"`,
  'http.request.uri matches "(a+)+$"',
  'http.request.uri matches "[ab]*a[ab]{8}c"',
  'http.request.uri.path matches "(.*a){10}b"',
  'lower(http.user_agent) == "b"',
  'any(http.request.headers["x-test"][*] contains "b")',
  'http.request.uri.args["a"] == "c"',
  'http.request.uri.path contains "//"',
  'ends_with(http.request.uri.path, "b")',
];

/** @throws Error unless twice the size takes at most {@link SLACK} times as long, measured in processor time */
function assertLinear(name: string, size: number, make: (size: number) => () => void): void {
  const small = microseconds(make(size));
  const large = microseconds(make(2 * size));
  if (large > UNNOTICED_MICROSECONDS && large > SLACK * small) {
    throw new Error(`${name}: ${small} µs for ${size}, ${large} µs for twice as much`);
  }
}

/** The least of some tries: what else happens in a process only adds. */
function microseconds(work: () => void): number {
  return Math.min(
    ...Array.from({ length: TRIES }, () => {
      const began = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(began);
      return user + system;
    }),
  );
}

function readOrRefused(text: string): void {
  try {
    parseFilter(text);
  } catch (error) {
    if (!(error instanceof FilterError)) {
      throw error;
    }
  }
}
