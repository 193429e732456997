import { Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

const ANSWER_WITHIN_MS = 3000;
const TRIES = 2;

/** Finds the addresses of a name. */
export abstract class NameResolver {
  /** All of them, those of version 4 first; empty when there are none or the signal ended it. Never throws. */
  abstract resolve(name: string, signal: AbortSignal): Promise<string[]>;
}

/**
 * Asks the name servers of the system directly. Not `getaddrinfo`: that one blocks a thread of the few that also hash
 * passwords and read files, cannot be called off, and so lets one hub's slow names stop everybody.
 */
@Injectable()
export class DnsResolver extends NameResolver {
  async resolve(name: string, signal: AbortSignal): Promise<string[]> {
    // RFC 6761 §6.3: answered without asking. Whether it may be called is decided as for any address.
    if (/^(?:.+\.)?localhost\.?$/i.test(name)) {
      return ['127.0.0.1'];
    }
    const resolver = new Resolver({ timeout: ANSWER_WITHIN_MS, tries: TRIES });
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}
