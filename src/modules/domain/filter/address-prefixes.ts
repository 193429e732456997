import { type Address, type AddressList, type AddressRange, parseAddressRange } from '../../../common/ip/index.js';

/** To cut off the beginning of an address and look it up. */
const LOOK_COST = 50;

const BITS_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(2).padStart(8, '0'));

const known = new WeakMap<Address, string>();

/** The version and all bits of an address, `4` and 32 or `6` and 128 of them: a range is what begins with its bits. */
export function bitsOf(address: Address): string {
  let bits = known.get(address);
  if (bits === undefined) {
    known.set(address, (bits = readBits(address)));
  }
  return bits;
}

function readBits({ version, value }: Address): string {
  let bits = String(version);
  for (const byte of value.toByteArray()) {
    bits += BITS_OF_BYTE[byte];
  }
  return bits;
}

/** Ranges by their bits: one look for each length of prefix there is, however many ranges there are. */
export class AddressPrefixes {
  readonly prefixes: ReadonlySet<string>;
  private readonly lengths: readonly number[];

  private constructor(ranges: readonly AddressRange[]) {
    this.prefixes = new Set(ranges.map(({ network, prefix }) => readBits(network).slice(0, 1 + prefix)));
    this.lengths = [...new Set([...this.prefixes].map((prefix) => prefix.length))];
  }

  /** @param entries canonical, of a filter */
  static of(entries: readonly string[]): AddressPrefixes {
    return new AddressPrefixes(entries.flatMap((entry) => parseAddressRange(entry) ?? []));
  }

  /** Of a list that any number of filters name: made once. */
  static ofList(list: AddressList): AddressPrefixes {
    let prefixes = ofLists.get(list);
    if (!prefixes) {
      ofLists.set(list, (prefixes = new AddressPrefixes(list.ranges)));
    }
    return prefixes;
  }

  /** What a look takes, in characters. */
  get cost(): number {
    return this.lengths.length * LOOK_COST;
  }

  has(address: Address): boolean {
    const bits = bitsOf(address);
    return this.lengths.some((length) => this.prefixes.has(bits.slice(0, length)));
  }
}

const ofLists = new WeakMap<AddressList, AddressPrefixes>();

/** Makes ready what the first filter that names the list would have to wait for. */
export function prepareAddresses(list: AddressList): void {
  AddressPrefixes.ofList(list);
}
