import {
  type Address,
  type AddressRange,
  parseAddress,
  parseAddressRange,
  rangeContains,
  rangeWithin,
} from '../../common/ip/index.js';

/** What the server's admin said of a network. */
export interface NetworkEntry {
  readonly range: AddressRange;
  /** False = refused, whatever else allows it. */
  readonly allowed: boolean;
}

/** Addresses that no call goes to, whatever is allowed. */
const NEVER = ranges(
  '0.0.0.0/8', // this host (RFC 1122); Linux takes 0.0.0.0 for loopback
  '169.254.0.0/16', // link-local, with the metadata of most clouds
  '100.100.100.200', // metadata of Alibaba Cloud
  '168.63.129.16', // the platform address of Azure
  '192.0.0.0/24', // protocol assignments (RFC 6890), with the metadata of Oracle Cloud
  '192.88.99.0/24', // relays of 6to4 (RFC 7526)
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, with the broadcast address
  '::', // unspecified
  'fe80::/10', // link-local
  'fec0::/10', // site-local (RFC 3879)
  'ff00::/8', // multicast
  '100::/64', // discard (RFC 6666)
  '64:ff9b:1::/48', // NAT64 of the local network (RFC 8215): what is behind it cannot be told
  'fd00:ec2::/32', // metadata of AWS
  'fd20:ce::/32', // metadata of Google Cloud
);

const LOOPBACK = ranges('127.0.0.0/8', '::1');

/** What only an entry within reaches: `0.0.0.0/0` means the internet, not the machine and its neighbours. */
const INNER = [
  ...LOOPBACK,
  ...ranges('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', 'fc00::/7'),
];

/** Version 6 addresses that lead to one or two of version 4: where their bytes begin, and what they are XORed with. */
const CARRIERS: readonly { readonly range: AddressRange; readonly at: readonly number[]; readonly flipped?: number }[] =
  [
    { range: range('::/96'), at: [12] }, // compatible (RFC 4291)
    { range: range('::ffff:0:0:0/96'), at: [12] }, // translated (RFC 2765)
    { range: range('64:ff9b::/96'), at: [12] }, // NAT64 (RFC 6052)
    { range: range('2002::/16'), at: [2] }, // 6to4 (RFC 3056)
    { range: range('2001::/32'), at: [4, 12], flipped: 12 }, // Teredo (RFC 4380): its server, its client
  ];
const ISATAP = [0x00, 0x00, 0x5e, 0xfe];

/**
 * Whether one address may be called under these entries; an address that carries others (6to4, NAT64, Teredo …) only
 * if they may be called too.
 * @param loopback whether an entry can allow this machine itself
 */
export function mayCall(address: Address, entries: readonly NetworkEntry[], loopback: boolean): boolean {
  return reachedBy(address).every((each) => isAllowed(each, entries, loopback));
}

/** The address and those that it leads to. */
export function reachedBy(address: Address): Address[] {
  return [address, ...carriedBy(address)];
}

/** Whether no entry could ever allow any address of the range: it is refused when it is given, not when it is used. */
export function isNeverCalled(given: AddressRange, loopback: boolean): boolean {
  const never = loopback ? NEVER : [...NEVER, ...LOOPBACK];
  return never.some((each) => rangeWithin(given, each));
}

function isAllowed(address: Address, entries: readonly NetworkEntry[], loopback: boolean): boolean {
  const never = loopback ? NEVER : [...NEVER, ...LOOPBACK];
  const about = entries.filter((entry) => rangeContains(entry.range, address));
  if (never.some((each) => rangeContains(each, address)) || about.some(({ allowed }) => !allowed)) {
    return false;
  }
  const inner = INNER.find((each) => rangeContains(each, address));
  return about.some((entry) => inner === undefined || rangeWithin(entry.range, inner));
}

export function isLoopback(address: Address): boolean {
  return LOOPBACK.some((each) => rangeContains(each, address));
}

function carriedBy(address: Address): Address[] {
  if (address.version === 4 || isLoopback(address)) {
    return [];
  }
  const bytes = address.value.toByteArray();
  const found = CARRIERS.filter((carrier) => rangeContains(carrier.range, address)).flatMap(({ at, flipped }) =>
    at.map((index) => fourBytes(bytes, index, index === flipped)),
  );
  // RFC 5214: any prefix, then 0000:5efe or 0200:5efe and the address.
  const isatap = ISATAP.every((byte, index) => (bytes[8 + index] ?? 0) === byte || (index === 0 && bytes[8] === 2));
  return isatap ? [...found, fourBytes(bytes, 12, false)] : found;
}

function fourBytes(bytes: readonly number[], at: number, flipped: boolean): Address {
  const four = bytes.slice(at, at + 4).map((byte) => (flipped ? byte ^ 0xff : byte));
  const address = parseAddress(four.join('.'));
  if (!address) {
    throw new TypeError('Four bytes are an address.');
  }
  return address;
}

function ranges(...texts: readonly string[]): AddressRange[] {
  return texts.map((text) => range(text));
}

function range(text: string): AddressRange {
  const read = parseAddressRange(text);
  if (!read) {
    throw new TypeError(`${text} is no network.`);
  }
  return read;
}
