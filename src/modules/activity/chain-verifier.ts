import { Injectable } from '@nestjs/common';
import { type Anchor, type Break, type HubReport } from './chain-report.js';
import { breakAt, lostAnchor } from './chain-rules.js';
import { disagreement } from './row-body.js';
import { SealRepository, type StoredHead } from './seal.repository.js';
import { type Link, Seals } from './seals.js';

export * from './chain-report.js';

const PAGE_ROWS = 100;

type Unsealed = HubReport['unsealed'];

/** How far a chain holds, and the first place where it does not. */
interface Walked {
  readonly last: Link;
  readonly broken: Break | null;
}

/** Finds out whether the activities are those that were written. Only reads; running servers may go on sealing. */
@Injectable()
export class ChainVerifier {
  constructor(
    private readonly rows: SealRepository,
    private readonly seals: Seals,
  ) {}

  /**
   * One report for each hub of this id or name (all, when left out) and for each hub of an anchor. Empty when there is
   * no such hub.
   */
  async verify(idOrName?: string, anchors: readonly Anchor[] = []): Promise<HubReport[]> {
    const hubs = new Map((await this.rows.findHubs(idOrName)).map(({ id, name }) => [id, name]));
    const reports: HubReport[] = [];
    for (const [id, name] of hubs) {
      const own = anchors.filter(({ hubId }) => hubId === id);
      reports.push({ id, name, ...(await this.verifyHub(id, own)) });
    }
    for (const anchor of anchors.filter(({ hubId }) => !hubs.has(hubId))) {
      reports.push(...(await this.verifyElsewhere(anchor)));
    }
    return reports;
  }

  private async verifyElsewhere({ hubId, position, seal }: Anchor): Promise<HubReport[]> {
    const [hub] = await this.rows.findHubs(hubId);
    if (hub) {
      return [{ ...hub, ...(await this.verifyHub(hubId, [{ hubId, position, seal }])) }];
    }
    const broken = { position, rowId: null, problem: 'its head was logged, but the hub is not in the database' };
    return [{ id: hubId, name: null, sealed: 0, head: null, unsealed: { count: 0, since: null }, broken }];
  }

  private async verifyHub(hubId: string, anchors: readonly Anchor[]): Promise<Omit<HubReport, 'id' | 'name'>> {
    const { last, head, broken } = await this.walk(hubId, anchors);
    const waiting = await this.unsealed(hubId);
    return {
      sealed: last.position,
      head: head && { position: head.position, seal: head.seal.toString('hex'), sealedAt: head.sealedAt },
      unsealed: waiting.unsealed,
      broken: broken ?? waiting.broken,
    };
  }

  /** To the end, and on while a server seals more: the end holds when the head was the same before and after. */
  private async walk(hubId: string, anchors: readonly Anchor[]): Promise<Walked & { head: StoredHead | null }> {
    let walked: Walked = { last: this.seals.start(hubId), broken: null };
    for (let head = await this.rows.findHead(hubId); ;) {
      walked = await this.walkOn(hubId, walked.last, anchors);
      const now = await this.rows.findHead(hubId);
      if (walked.broken || sameHead(head, now)) {
        const broken = walked.broken ?? this.headProblem(now, walked.last) ?? lostAnchor(anchors, walked.last);
        return { last: walked.last, head: now, broken };
      }
      head = now;
    }
  }

  private async walkOn(hubId: string, from: Link, anchors: readonly Anchor[]): Promise<Walked> {
    let last = from;
    for (;;) {
      const page = await this.rows.findSealed(hubId, last, PAGE_ROWS);
      for (const row of page) {
        const broken = breakAt(this.seals, row, last, anchors);
        if (broken) {
          return { last, broken };
        }
        last = this.seals.next(last, row);
      }
      if (page.length === 0) {
        return { last, broken: null };
      }
    }
  }

  private headProblem(head: StoredHead | null, last: Link): Break | null {
    const at = (position: number, problem: string): Break => ({ position, rowId: null, problem });
    if (!head) {
      return last.position === 0 ? null : at(last.position, 'the head of the chain is missing');
    }
    if (!head.mac.equals(this.seals.headMac(head))) {
      return at(head.position, 'the head of the chain was changed, or was made with another HUBGATE_SECRET');
    }
    if (head.position > last.position) {
      return at(
        last.position + 1,
        `the rows from here to position ${head.position}, the end of the chain, are missing`,
      );
    }
    if (head.position < last.position) {
      return at(head.position + 1, `the head of the chain was set back: rows are sealed up to ${last.position}`);
    }
    return head.seal.equals(last.seal) ? null : at(head.position, 'the head of the chain is that of another chain');
  }

  private async unsealed(hubId: string): Promise<{ unsealed: Unsealed; broken: Break | null }> {
    let [count, since]: [number, number | null] = [0, null];
    let broken: Break | null = null;
    for (let after = '', full = true; full;) {
      const page = await this.rows.findUnsealed(hubId, after, PAGE_ROWS);
      for (const row of page) {
        const problem = disagreement(row);
        broken ??= problem === null ? null : { position: null, rowId: row.id, problem };
        since = Math.min(since ?? Number.POSITIVE_INFINITY, Number(row.created_at));
      }
      count += page.length;
      after = page.at(-1)?.id ?? '';
      full = page.length === PAGE_ROWS;
    }
    return { unsealed: { count, since }, broken };
  }
}

function sameHead(one: StoredHead | null, other: StoredHead | null): boolean {
  return one && other
    ? one.mac.equals(other.mac) && one.position === other.position && one.seal.equals(other.seal)
    : one === other;
}
