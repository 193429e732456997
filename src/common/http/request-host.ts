import { type IncomingHttpHeaders } from 'node:http';
import { type Address, type AddressList } from '../ip/address.js';

/** A domain name has at most 253 characters; with a dot at its end and a port it is a little longer. */
const MAX_LENGTH = 260;
const AUTHORITY = /^([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(?::\d*)?$/i;
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/** What a request shows of the host that it was sent to, unchecked. */
export interface AddressedRequest {
  /** The request target as it came. */
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
  readonly client: { readonly peer: Address | null };
}

/**
 * The one answer to "which host was this sent to?" Nothing else reads the header `Host`, nor `request.host`.
 *
 * - An absolute request target wins over `Host` (RFC 9112 §3.2.2), which is otherwise what counts.
 * - `X-Forwarded-Host` (and `X-Forwarded-Proto`) counts only from a trusted proxy, and only where the installation says that its proxies set it:
 *   one that sets it not passes on what the client wrote. Of several values the last is the one that the nearest proxy
 *   wrote, so what a client puts in front of it never wins.
 * - What is no domain name, or not well formed, is no host: null, which stands for nobody.
 */
export class RequestHosts {
  constructor(
    private readonly trusted: AddressList,
    private readonly believesForwarded: boolean,
  ) {}

  /** In the one spelling in which host names are kept. */
  find(request: AddressedRequest): string | null {
    const { originalUrl, headers } = request;
    const forwarded = this.forwarded(request, 'x-forwarded-host');
    return hostOfAuthority(forwarded ?? ABSOLUTE_FORM.exec(originalUrl)?.[1] ?? headers.host ?? '');
  }

  /** How the client came to the proxy, where that says so under the same condition; to us it comes by HTTP. */
  schemeOf(request: AddressedRequest): 'http' | 'https' {
    return this.forwarded(request, 'x-forwarded-proto')?.toLowerCase() === 'https' ? 'https' : 'http';
  }

  private forwarded({ headers, client }: AddressedRequest, name: string): string | undefined {
    const header = this.believesForwarded ? headers[name] : undefined;
    return header !== undefined && this.trusted.contains(client.peer) ? lastOf(header) : undefined;
  }
}

/** Without its port and the dot at its end, in lower case; null for what is no domain name. */
export function hostOfAuthority(authority: string): string | null {
  if (authority.length > MAX_LENGTH) {
    return null;
  }
  return AUTHORITY.exec(authority)?.[1].toLowerCase() ?? null;
}

/** A request that names two hosts may be read in two ways: by us, and by whoever stands before us (RFC 9112 §3.2). */
export function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name.length === 4 && name.toLowerCase() === 'host') {
      hosts += 1;
    }
  }
  return hosts > 1;
}

function lastOf(header: string | readonly string[]): string {
  const line = typeof header === 'string' ? header : header.join(',');
  return line.slice(line.lastIndexOf(',') + 1).trim();
}
