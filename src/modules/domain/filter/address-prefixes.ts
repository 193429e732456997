import { type Address, type AddressRange, parseAddressRange } from '../../../common/ip/index.js';

const known = new WeakMap<Address, string>();

/** The version and all bits of an address, `4` and 32 or `6` and 128 of them: a range is what begins with its bits. */
export function bitsOf(address: Address): string {
  let bits = known.get(address);
  if (bits === undefined) {
    const bytes = address.value.toByteArray().map((byte) => byte.toString(2).padStart(8, '0'));
    known.set(address, (bits = `${address.version}${bytes.join('')}`));
  }
  return bits;
}

export function prefixOf(range: AddressRange): string {
  return bitsOf(range.network).slice(0, 1 + range.prefix);
}

/** Ranges by their bits: one look for each length of prefix there is, however many ranges there are. */
export class AddressPrefixes {
  readonly prefixes: ReadonlySet<string>;
  private readonly lengths: readonly number[];

  /** @param entries canonical, of an address list or of a filter */
  constructor(entries: readonly string[]) {
    this.prefixes = new Set(entries.flatMap((entry) => parseAddressRange(entry) ?? []).map(prefixOf));
    this.lengths = [...new Set([...this.prefixes].map((prefix) => prefix.length))];
  }

  has(address: Address): boolean {
    const bits = bitsOf(address);
    return this.lengths.some((length) => this.prefixes.has(bits.slice(0, length)));
  }
}
