import { type ProbeClient, type Reply } from '../support/probe-client.js';

/** A new request every so often, whether or not the ones before were answered. */
const PAUSE_MS = 30;
/** So many may wait for their answer, unless said otherwise: a node that hangs is not buried. */
export const WAITING_MAX = 60;

export const isAccepted = ({ status }: Reply): boolean => status >= 200 && status < 300;

/** Asks one node the same question without pause, with one credential, and keeps what was answered when. */
export class Prober {
  readonly replies: Reply[] = [];
  private readonly underWay = new Set<Promise<unknown>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: ProbeClient,
    private readonly path: string,
    private readonly waitingMax: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.ask(), PAUSE_MS);
    this.ask();
  }

  /** Asks once more, at this very moment. */
  ask(): void {
    if (this.underWay.size < this.waitingMax) {
      const asked = this.client.send('GET', this.path).then((reply) => {
        this.replies.push(reply);
        this.underWay.delete(asked);
      });
      this.underWay.add(asked);
    }
  }

  /** Asks nothing more, and waits until everything was answered. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
  }

  /** The last answer that came to a request that began after this moment. */
  latestSince(moment: number): Reply | undefined {
    return this.replies
      .filter(({ startedAt }) => startedAt >= moment)
      .toSorted((a, b) => a.startedAt - b.startedAt)
      .at(-1);
  }
}
