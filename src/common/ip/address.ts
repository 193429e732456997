import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { InvalidInputError } from '../errors/index.js';

/** The longest text looked at: `[ffff:…:255.255.255.255%<zone>]/128` fits, hostile megabytes do not. */
const MAX_TEXT_LENGTH = 100;
const SHOWN_LENGTH = 50;
const ZONE = /^([0-9A-Fa-f:.]+)%[\w.~-]{1,32}$/;
const DOTTED_TAIL = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const PREFIX_LENGTH = /^(?:0|[1-9]\d{0,2})$/;
const MAPPED_BITS = 96;

/**
 * One IP address, normalised: version 4 for v4 and for mapped v4 (`::ffff:a.b.c.d`, however it is spelt), 6 for the
 * rest. Two spellings of one address have one `text`: dotted decimal, or RFC 5952.
 */
export interface Address {
  readonly version: 4 | 6;
  /** Canonical, safe to store, to compare and to log. */
  readonly text: string;
  readonly value: ipaddr.IPv4 | ipaddr.IPv6;
}

/** A network: every address whose first `prefix` bits are those of `network`. Host bits are always zero. */
export interface AddressRange {
  readonly version: 4 | 6;
  readonly network: Address;
  readonly prefix: number;
  /** Canonical: `10.0.0.0/8`, and the bare address for a range of one. */
  readonly text: string;
}

/** One entry that could not be read, for an error that names it. */
export interface InvalidAddressEntry {
  readonly index: number;
  /** As it was given, unless it is too long to be an address: then it may be anything, a secret too. */
  readonly entry: string;
  readonly reason: string;
}

/**
 * Reads one address. Strict: `node:net` decides what an address is, so octal, hexadecimal, short (`127.1`) and padded
 * forms are null, as is anything with white space, a port or brackets. A zone id (`fe80::1%12`) is dropped: it names
 * an interface of the sender, not an address.
 */
export function parseAddress(text: string): Address | null {
  if (text.length > MAX_TEXT_LENGTH) {
    return null;
  }
  const bare = ZONE.exec(text)?.[1];
  // `node:net` lets a zone hold colons, at which ipaddr.js throws.
  const version = bare === undefined && text.includes('%') ? 0 : isIP(bare ?? text);
  if (version === 4 && bare === undefined) {
    return fromValue(ipaddr.IPv4.parse(text));
  }
  return version === 6 ? fromValue(parseV6(bare ?? text)) : null;
}

/**
 * Reads one range: a bare v4 is /32, a bare v6 is /128, the rest is CIDR; a mapped v4 CIDR from /96 on is the v4 range
 * that it stands for. Null for everything else, and deliberately for
 * - **host bits** (`10.1.2.3/8`): either the length or the address is a slip, and to guess "network" would let in up to
 *   sixteen million neighbours of the one address that was meant ({@link explainInvalidRange} says what to write);
 * - **zone ids**: the resolver drops them, so an entry with one would promise a precision that is not kept;
 * - mapped v4 below /96, which would be a mixture of v4 and v6.
 */
export function parseAddressRange(text: string): AddressRange | null {
  const read = readRange(text);
  return read !== null && !read.hostBits ? read.range : null;
}

/** What is wrong with an entry that {@link parseAddressRange} refuses, as a phrase for an error; never echoes it. */
export function explainInvalidRange(text: string): string {
  const read = readRange(text);
  if (read?.hostBits) {
    const { address, range } = read;
    return `has bits set after its prefix length; write ${range.text} for the network or ${address.text} for one address`;
  }
  return 'is not an IPv4 or IPv6 address or CIDR range';
}

/** Whether the address lies in the range. v4 is never in a v6 range: `::/0` means every v6 address and no v4 one. */
export function rangeContains(range: AddressRange, address: Address): boolean {
  return range.version === address.version && address.value.match(range.network.value, range.prefix);
}

/** Whether every address of `child` lies in `parent`. */
export function rangeWithin(child: AddressRange, parent: AddressRange): boolean {
  return child.prefix >= parent.prefix && rangeContains(parent, child.network);
}

/**
 * The rate-limit key of an address: a v4 as it is, a v6 by its /64, because one subscriber owns at least that much
 * (peers.md incident 31).
 */
export function addressBucket(address: Address): string {
  return address.version === 4 ? address.text : `${networkOf(address, 64).text}/64`;
}

/**
 * A list of ranges that lets in, as an allow-list of a key or the trusted proxies. It fails closed: an empty list
 * contains nothing, an unknown address (null) is in no list, and a list with one bad entry is no list at all.
 */
export class AddressList {
  private constructor(readonly ranges: readonly AddressRange[]) {}

  /**
   * @param source JSON pointer of the list, e.g. `/ips`; the refusal points at `/ips/<index>` of the first bad entry.
   * @throws InvalidInputError (422) that names every bad entry and says what would be right.
   */
  static parse(entries: readonly string[], source?: string): AddressList {
    const byText = new Map<string, AddressRange>();
    for (const entry of entries) {
      const range = parseAddressRange(entry);
      if (range === null) {
        throw invalidList(AddressList.invalidEntries(entries), source);
      }
      byText.set(range.text, range);
    }
    return new AddressList([...byText.values()]);
  }

  /** What is in any of them. */
  static union(lists: readonly AddressList[]): AddressList {
    const byText = new Map(lists.flatMap(({ ranges }) => ranges.map((range) => [range.text, range])));
    return new AddressList([...byText.values()]);
  }

  /** The entries that {@link parse} would refuse, for a caller with its own way to complain. */
  static invalidEntries(entries: readonly string[]): InvalidAddressEntry[] {
    return entries.flatMap((entry, index) =>
      parseAddressRange(entry) === null ? [{ index, entry: shorten(entry), reason: explainInvalidRange(entry) }] : [],
    );
  }

  /** The canonical entries in the order given, without doubles. */
  get entries(): string[] {
    return this.ranges.map((range) => range.text);
  }

  contains(address: Address | null): boolean {
    return address !== null && this.ranges.some((range) => rangeContains(range, address));
  }

  /**
   * Whether this list is the other one or narrower: each range lies within one range of the other. Neighbours are not
   * merged (both halves of a /8 do not make a /8), so it can only err towards "no".
   */
  isWithin(other: AddressList): boolean {
    return this.ranges.every((child) => other.ranges.some((parent) => rangeWithin(child, parent)));
  }
}

function invalidList(invalid: readonly InvalidAddressEntry[], source: string | undefined): InvalidInputError {
  const detail = invalid.map(({ entry, reason }) => `${JSON.stringify(entry)} ${reason}.`).join(' ');
  return new InvalidInputError(detail, {
    source: source === undefined ? undefined : `${source}/${invalid[0]?.index}`,
    extra: { invalid },
  });
}

function shorten(entry: string): string {
  return entry.length > SHOWN_LENGTH ? '(too long)' : entry;
}

function fromValue(value: ipaddr.IPv4 | ipaddr.IPv6): Address {
  if (value instanceof ipaddr.IPv6 && value.isIPv4MappedAddress()) {
    const mapped = value.toIPv4Address();
    return { version: 4, text: mapped.toString(), value: mapped };
  }
  return { version: value.kind() === 'ipv4' ? 4 : 6, text: value.toString(), value };
}

/** ipaddr.js reads `::1.2.3.4` as mapped v4, which it is not (RFC 4291 §2.5.5): it gets the tail in hexadecimal. */
function parseV6(text: string): ipaddr.IPv6 {
  const dotted = DOTTED_TAIL.exec(text);
  if (dotted === null) {
    return ipaddr.IPv6.parse(text);
  }
  const [a = 0, b = 0, c = 0, d = 0] = dotted.slice(2).map(Number);
  return ipaddr.IPv6.parse(`${dotted[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`);
}

function readRange(text: string): { address: Address; range: AddressRange; hostBits: boolean } | null {
  const slash = text.indexOf('/');
  const addressText = slash < 0 ? text : text.slice(0, slash);
  const address = addressText.includes('%') ? null : parseAddress(addressText);
  if (address === null) {
    return null;
  }
  const bits = address.version === 4 ? 32 : 128;
  const prefix = slash < 0 ? bits : readPrefix(text.slice(slash + 1), address, addressText);
  if (prefix === null) {
    return null;
  }
  const network = networkOf(address, prefix);
  const range = {
    version: address.version,
    network,
    prefix,
    text: prefix === bits ? network.text : `${network.text}/${prefix}`,
  };
  return { address, range, hostBits: network.text !== address.text };
}

function readPrefix(text: string, address: Address, addressText: string): number | null {
  if (!PREFIX_LENGTH.test(text)) {
    return null;
  }
  const mapped = address.version === 4 && addressText.includes(':');
  const prefix = Number(text) - (mapped ? MAPPED_BITS : 0);
  return prefix >= 0 && prefix <= (address.version === 4 ? 32 : 128) ? prefix : null;
}

function networkOf(address: Address, prefix: number): Address {
  const bytes = address.value.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  const value = ipaddr.fromByteArray(bytes);
  return { version: address.version, text: value.toString(), value };
}
