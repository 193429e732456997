import { Injectable } from '@nestjs/common';
import { type Address, parseAddress } from '../../common/ip/index.js';
import { Config } from '../../config/index.js';
import { Circuits, Turns } from './circuits.js';
import { exchange, hostOf, isLiteral, portOf, timeoutOf } from './exchange.js';
import { HubNetworks } from './hub-networks.js';
import { NameResolver } from './name-resolver.js';
import { mayCall, reachedBy } from './network-rules.js';
import { type OutboundAnswer, OutboundFailure, type OutboundRequest } from './outbound.js';
import { OwnEndpoints } from './own-endpoints.js';

/** A name may have more addresses; all are checked, and so many are tried. */
const ADDRESSES_TRIED_MAX = 8;
const FIRST_FREE_PORT = 1024;
const WEB_PORTS = [80, 443];

/**
 * The only way out: calls servers that a hub names, in networks that the server's admin allowed that hub. What it may
 * not call it sends no byte to. Never inside a transaction: it waits for others.
 */
@Injectable()
export class OutboundClient {
  private readonly circuits = new Circuits();
  private readonly turns = new Turns();

  constructor(
    private readonly networks: HubNetworks,
    private readonly resolver: NameResolver,
    private readonly own: OwnEndpoints,
    private readonly config: Config,
  ) {}

  /** @throws OutboundFailure when there is no answer; an answer of any status is none */
  async send(request: OutboundRequest): Promise<OutboundAnswer> {
    const { hubId, purpose, circuit, timeoutMilliseconds } = request;
    const ended = new AbortController();
    const key = `${hubId}/${purpose}`;
    const call = (): Promise<OutboundAnswer> => this.call(request, ended.signal);
    const guarded = circuit === undefined ? call : () => this.circuits.run(key, circuit, call);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        ended.abort();
        reject(timeoutOf(request));
      }, timeoutMilliseconds);
    });
    try {
      return await Promise.race([this.turns.run(key, ended.signal, guarded), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async call(request: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    const url = this.targetOf(request);
    const addresses = await this.addressesOf(url, request, signal);
    if (signal.aborted) {
      throw timeoutOf(request);
    }
    await this.assertAllowed(request, addresses, portOf(url));
    await request.before?.();
    return exchange(request, url, addresses.slice(0, ADDRESSES_TRIED_MAX), signal);
  }

  private targetOf({ url: text, purpose }: OutboundRequest): URL {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
      throw refusal('Only http:// and https:// addresses without credentials are called.');
    }
    const port = portOf(url);
    if (purpose === 'box' && port !== this.config.outbound.boxPort) {
      throw refusal(`Boxes are called on port ${this.config.outbound.boxPort} only.`);
    }
    if (purpose === 'webhook' && port < FIRST_FREE_PORT && !WEB_PORTS.includes(port)) {
      throw refusal('Webhooks are called on ports 80, 443 and from 1024 on only.');
    }
    return url;
  }

  /** The one question about the name: what is connected to later is what is checked now. */
  private async addressesOf(url: URL, request: OutboundRequest, signal: AbortSignal): Promise<Address[]> {
    const host = hostOf(url);
    const texts = isLiteral(url) ? [host] : await this.resolver.resolve(host, signal);
    const addresses = texts.map((text) => parseAddress(text));
    if (signal.aborted) {
      throw timeoutOf(request);
    }
    if (addresses.length === 0) {
      throw new OutboundFailure('unresolved', 'The name has no address, or its name server does not answer.');
    }
    if (addresses.includes(null)) {
      throw refusal('The name has an address that is none.');
    }
    return addresses.filter((address) => address !== null);
  }

  /** One bad address refuses all: a name that means several is called wherever it likes. */
  private async assertAllowed(
    { hubId, purpose }: OutboundRequest,
    addresses: readonly Address[],
    port: number,
  ): Promise<void> {
    const entries = await this.networks.entriesFor(hubId, purpose);
    const loopback = this.config.outbound.loopback;
    if (
      !addresses.every((address) => mayCall(address, entries, loopback)) ||
      (await this.own.include(addresses.flatMap(reachedBy), port))
    ) {
      throw refusal(
        'The server does not allow this hub to call that network. Its administrator can: hubgate hub networks.',
      );
    }
  }
}

function refusal(message: string): OutboundFailure {
  return new OutboundFailure('network-refused', message);
}
