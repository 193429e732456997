import { lookup } from 'node:dns/promises';
import { type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Clock } from '../../common/clock.js';
import { type Address, parseAddress } from '../../common/ip/index.js';
import { Config } from '../../config/index.js';
import { parseDatabaseUrl } from '../../database/index.js';
import { isLoopback } from './network-rules.js';

const FRESH_MS = 60_000;

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

interface Known {
  readonly addresses: readonly Address[];
  readonly at: number;
}

/** What this server itself needs and no hub may talk to: its own door, its database, its mail server. */
@Injectable()
export class OwnEndpoints {
  private readonly needed: readonly Endpoint[];
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly config: Config,
    private readonly adapter: HttpAdapterHost,
    private readonly clock: Clock,
  ) {
    this.needed = neededBy(config);
  }

  /** Whether one of these addresses, at this port, is one of them, by whatever name or address of this machine. */
  async include(addresses: readonly Address[], port: number): Promise<boolean> {
    const local = localAddresses();
    const isLocal = (address: Address): boolean => isLoopback(address) || local.has(address.text);
    if (this.ownPorts().includes(port) && addresses.some(isLocal)) {
      return true;
    }
    for (const endpoint of this.needed.filter((each) => each.port === port)) {
      const theirs = await this.addressesOf(endpoint.host);
      const same = addresses.some((ours) => theirs.some(({ text }) => text === ours.text));
      if (same || (addresses.some(isLocal) && theirs.some(isLocal))) {
        return true;
      }
    }
    return false;
  }

  /** As configured, and as it is when the system chose a free one. */
  private ownPorts(): number[] {
    const server = this.adapter.httpAdapter?.getHttpServer() as { address?: () => AddressInfo | null } | undefined;
    const listening = server?.address?.()?.port;
    return [this.config.port, ...(listening === undefined ? [] : [listening])];
  }

  /** As the drivers find them. A name that cannot be resolved now keeps the addresses that it had. */
  private async addressesOf(host: string): Promise<readonly Address[]> {
    const known = this.known.get(host);
    if (known && this.clock.monotonic() - known.at < FRESH_MS) {
      return known.addresses;
    }
    const found = await lookup(host, { all: true }).catch(() => null);
    const addresses = found?.flatMap(({ address }) => parseAddress(address) ?? []) ?? known?.addresses ?? [];
    this.known.set(host, { addresses, at: this.clock.monotonic() });
    return addresses;
  }
}

function neededBy({ databaseUrl, mail }: Config): Endpoint[] {
  const database = parseDatabaseUrl(databaseUrl);
  return [...(database.kind === 'sqlite' ? [] : [database]), ...(mail.server ? [mail.server] : [])].map(
    ({ host, port }) => ({ host: host.replace(/^\[(.*)\]$/, '$1'), port }),
  );
}

function localAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return new Set(all.flatMap(({ address }) => parseAddress(address)?.text ?? []));
}
