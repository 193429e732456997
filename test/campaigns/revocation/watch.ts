import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplicationContext } from '@nestjs/common';
import { type Reply } from '../support/probe-client.js';
import { type ProxiedNode } from '../support/proxied-node.js';
import { isAccepted, Prober } from './prober.js';
import { type Kind, type Victim } from './victims.js';

/** What is promised: nothing that begins later than this after the answer to the change is accepted on any node. */
export const BOUND_MS = 1000;
/** Watched for so much longer that it stays refused. */
const STAYS_MS = 500;
const ACCEPTED_BEFORE = 3;
const WARM_WITHIN_MS = 60_000;
const REFUSED_WITHIN_MS = 40_000;

/** What one node answered to one victim. */
export interface NodeVerdict {
  readonly node: string;
  /** It made the change: the next request counts. */
  readonly own: boolean;
  /** From the answer to the change to the start of the last request that was accepted; 0 when none was. */
  readonly delay: number;
  readonly acceptedAfter: number;
  readonly requests: number;
  readonly unavailable: number;
  /** It was refused by name after the change, at least once. */
  readonly refused: boolean;
  readonly last: number;
}

export interface EventResult {
  readonly kind: string;
  readonly nodes: readonly NodeVerdict[];
  /** What speaks against the promise; empty when it held. */
  readonly problems: readonly string[];
}

/** One victim, asked for on every node without pause, before and after the change. */
export class Watch {
  private readonly probers: readonly Prober[];
  private changedAt = Number.POSITIVE_INFINITY;
  private changedOn: ProxiedNode | undefined;

  constructor(
    readonly kind: Kind,
    readonly victim: Victim,
    private readonly nodes: readonly ProxiedNode[],
    private readonly application: INestApplicationContext,
    waitingMax: number,
  ) {
    this.probers = nodes.map(({ client }) => new Prober(client.as(victim.credential), victim.path, waitingMax));
  }

  /** @throws Error when the victim is not accepted on every node: then the event would prove nothing */
  async warm(): Promise<void> {
    this.probers.forEach((prober) => prober.start());
    const deadline = performance.now() + WARM_WITHIN_MS;
    while (!this.probers.every(({ replies }) => replies.filter(isAccepted).length >= ACCEPTED_BEFORE)) {
      if (performance.now() > deadline) {
        const seen = this.probers.map(({ replies }) => replies.at(-1)?.status ?? 'nothing').join(' and ');
        throw new Error(`"${this.kind.name}": the ${this.kind.door} was not accepted before the change: ${seen}.`);
      }
      await sleep(5);
    }
  }

  /** Makes the change, on this node if it is one for nodes. Resolves to its answer; only one that succeeded starts the clock. */
  async change(node: ProxiedNode): Promise<Reply> {
    const { application, victim } = this;
    const reply = await this.kind.change({ owner: node.client.as(victim.hub.ownerSecret), application, victim });
    if (isAccepted(reply)) {
      this.counts(this.kind.wholeHub ? undefined : node);
    }
    return reply;
  }

  /** The change was made: now, by this node, or by something that is none of them. */
  counts(node?: ProxiedNode): void {
    this.changedAt = performance.now();
    this.changedOn = node;
    this.probers.forEach((prober) => prober.ask());
  }

  /** Goes on asking beyond the bound and until every node refuses as it should, then judges. */
  async finish(): Promise<EventResult> {
    const kind = `${this.kind.name} (${this.kind.door})`;
    if (this.changedAt === Number.POSITIVE_INFINITY) {
      await this.abandon();
      return { kind, nodes: [], problems: [`${kind}: the change was not made`] };
    }
    await sleep(Math.max(0, this.changedAt + BOUND_MS + STAYS_MS - performance.now()));
    const deadline = performance.now() + REFUSED_WITHIN_MS;
    while (!this.isRefusedEverywhere() && performance.now() < deadline) {
      await sleep(20);
    }
    await Promise.all(this.probers.map((prober) => prober.stop()));
    const verdicts = this.nodes.map((node, index) => this.verdict(node, this.probers[index]));
    const problems = verdicts.flatMap((verdict) => this.problemsOf(verdict));
    return { kind, nodes: verdicts, problems };
  }

  /** Stops without a verdict. */
  async abandon(): Promise<void> {
    await Promise.all(this.probers.map((prober) => prober.stop()));
  }

  private isRefusedEverywhere(): boolean {
    return this.probers.every((prober) => prober.latestSince(this.changedAt)?.status === this.kind.refusal);
  }

  private verdict(node: ProxiedNode, prober: Prober): NodeVerdict {
    const after = prober.replies.filter(({ startedAt }) => startedAt >= this.changedAt);
    const accepted = after.filter(isAccepted);
    return {
      node: node.name,
      own: node === this.changedOn,
      delay: Math.max(0, ...accepted.map(({ startedAt }) => startedAt - this.changedAt)),
      acceptedAfter: accepted.length,
      requests: prober.replies.length,
      unavailable: prober.replies.filter(({ status }) => status === 503 || status === 0).length,
      refused: after.some(({ status }) => status === this.kind.refusal),
      last: prober.latestSince(this.changedAt)?.status ?? 0,
    };
  }

  private problemsOf({ node, own, delay, acceptedAfter, refused, last }: NodeVerdict): string[] {
    const told: string[] = [];
    if (own && acceptedAfter > 0) {
      told.push(`${node} made the change and accepted ${acceptedAfter} requests after its answer`);
    }
    if (!own && delay > BOUND_MS) {
      told.push(`${node} accepted a request that began ${Math.round(delay)} ms after the answer`);
    }
    // A 503 lets nobody in either, but proves nothing by itself.
    if (!refused || ![this.kind.refusal, 503, 0].includes(last)) {
      told.push(`${node} answers ${last} at the end and not ${this.kind.refusal}`);
    }
    return told.map((text) => `${this.kind.name} (${this.kind.door}): ${text}`);
  }
}
