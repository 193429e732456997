import { type Socket } from 'node:net';
import { type Address, addressBucket, type AddressList, parseAddress } from '../ip/address.js';

/** More hops than any installation has; a longer chain of trusted addresses is an attack or a loop. */
export const MAX_FORWARDED_HOPS = 32;

const MAX_ELEMENT_LENGTH = 100;
const BRACKETED = /^\[([^\]]*)\](?::(\d{1,5}))?$/;
const V4_WITH_PORT = /^([\d.]+):(\d{1,5})$/;
const MAX_PORT = 65_535;

/** What a request shows of its origin: the socket and the header, both unchecked. */
export interface ForwardedRequest {
  /** `socket.remoteAddress`. */
  readonly peer: string | undefined;
  /** All `X-Forwarded-For` lines, raw. */
  readonly forwardedFor: string | readonly string[] | undefined;
}

export interface ClientAddress {
  /** The client, or null when it cannot be known: then every allow-list denies. */
  readonly address: Address | null;
  /** The other end of the TCP connection; the fall-back for rate limits. */
  readonly peer: Address | null;
}

/**
 * The one answer to "which address is the client?" (on-prem.md §1, R1–R4; nothing else reads `req.ip`).
 *
 * - The header counts only if the TCP peer is a trusted proxy; otherwise the peer is the client.
 * - It is read from right to left over all lines: trusted proxies are skipped, the first untrusted address is the
 *   client. So what a client puts in front of the proxy's own entry never wins.
 * - An element that is no address (`unknown`, a name, a half quote) ends the walk with null; so do more than
 *   {@link MAX_FORWARDED_HOPS} trusted elements. Empty elements are dropped.
 * - If every element is trusted, the left-most is the client: a request made on the proxy itself. Therefore clients
 *   inside a trusted range can choose their address; trust proxies only, not their network.
 *
 * Linear in the length of the header.
 */
export function resolveClientAddress(request: ForwardedRequest, trusted: AddressList): ClientAddress {
  const peer = request.peer === undefined ? null : parseAddress(request.peer);
  if (request.forwardedFor === undefined || !trusted.contains(peer)) {
    return { address: peer, peer };
  }
  const { forwardedFor } = request;
  const header = typeof forwardedFor === 'string' ? forwardedFor : forwardedFor.join(',');
  return { address: walk(header, trusted, peer), peer };
}

/** The client of each request. A connection that says the same again is not read again. */
export class ClientAddresses {
  private readonly known = new WeakMap<
    Socket,
    { forwardedFor: ForwardedRequest['forwardedFor']; client: ClientAddress }
  >();

  constructor(private readonly trusted: AddressList) {}

  find(socket: Socket, forwardedFor: ForwardedRequest['forwardedFor']): ClientAddress {
    const known = this.known.get(socket);
    if (known && known.forwardedFor === forwardedFor) {
      return known.client;
    }
    const client = resolveClientAddress({ peer: socket.remoteAddress, forwardedFor }, this.trusted);
    this.known.set(socket, { forwardedFor, client });
    return client;
  }
}

/** The key under which a client is rate limited: its address, else the peer's, a v6 by its /64; never the port. */
export function clientBucket({ address, peer }: ClientAddress): string {
  const known = address ?? peer;
  return known === null ? 'unknown' : addressBucket(known);
}

/** Reads one element of the header: an address with or without port, brackets, double quotes and zone id. */
export function parseForwardedElement(element: string): Address | null {
  if (element.length > MAX_ELEMENT_LENGTH) {
    return null;
  }
  const quoted = element.length >= 2 && element.startsWith('"') && element.endsWith('"');
  const text = quoted ? trimBlanks(element, 1, element.length - 1) : element;
  const bracketed = BRACKETED.exec(text);
  if (bracketed !== null) {
    const inner = bracketed[1] ?? '';
    return inner.includes(':') && isPort(bracketed[2]) ? parseAddress(inner) : null;
  }
  const v4 = V4_WITH_PORT.exec(text);
  return v4 === null ? parseAddress(text) : isPort(v4[2]) ? parseAddress(v4[1] ?? '') : null;
}

function walk(header: string, trusted: AddressList, peer: Address | null): Address | null {
  let leftMost = peer;
  let hops = 0;
  for (let end = header.length; end >= 0;) {
    const comma = end === 0 ? -1 : header.lastIndexOf(',', end - 1);
    const element = trimBlanks(header, comma + 1, end);
    end = comma;
    if (element === '') {
      continue;
    }
    hops += 1;
    const address = hops > MAX_FORWARDED_HOPS ? null : parseForwardedElement(element);
    if (!trusted.contains(address)) {
      return address;
    }
    leftMost = address;
  }
  return leftMost;
}

/** OWS of RFC 9110 only; a loop, because `/[ \t]+$/` takes quadratic time on hostile input. */
function trimBlanks(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) {
    start += 1;
  }
  while (end > start && isBlank(text.charCodeAt(end - 1))) {
    end -= 1;
  }
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function isPort(digits: string | undefined): boolean {
  return digits === undefined || Number(digits) <= MAX_PORT;
}
