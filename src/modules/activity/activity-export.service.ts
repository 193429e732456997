import { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { creatorOf, Mutations, type Principal } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { ActivityRecorder } from './activity-recorder.js';
import { EXPORT_FORMAT, EXPORT_VERSION, type HeaderLine, LineWriter, type Place } from './export-lines.js';
import { ExportRepository, type Stretch } from './export.repository.js';
import { type Period, periodOf } from './period.js';
import { SealRepository, type StoredHead } from './seal.repository.js';
import { Seals } from './seals.js';

const ABOUT =
  'One activity per line, oldest first. A seal is HMAC-SHA-256 over the seal before it, the position and the columns of ' +
  'the row; a mac is HMAC-SHA-256 over the mac before it and the line. Both keys come from HUBGATE_SECRET. ' +
  'Check with: hubgate audit verify --file FILE. Described in docs/audit-export.md.';

/** What an export holds, settled before its first line. */
interface Plan {
  readonly hubId: string;
  readonly period: Period;
  readonly stretch: Stretch | null;
  /** Where the chain ended. What is beyond counts as not sealed yet. */
  readonly end: number;
  readonly header: HeaderLine;
}

/** Hands out the activities of a hub as lines that can be verified elsewhere, with HUBGATE_SECRET alone. */
@Injectable()
export class ActivityExportService {
  private readonly logger = new Logger('ActivityExport');

  constructor(
    private readonly rows: ExportRepository,
    private readonly chain: SealRepository,
    private readonly seals: Seals,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly clock: Clock,
  ) {}

  /**
   * The lines as text, read as fast as they are taken and never all at once. The export is itself an activity, written
   * before the first line. @throws InvalidPeriodError
   */
  async start(principal: Principal, query: ResourceQuery): Promise<Readable> {
    const period = periodOf(query);
    await this.record(principal, period);
    return Readable.from(this.lines(await this.plan(principal, period)));
  }

  private async record(principal: Principal, period: Period): Promise<void> {
    await this.mutations.run(principal, 'hubs-auditlog-view', ({ tx, actor, now }) =>
      this.activity.record(tx, actor, now, {
        event: 'hub.activity.export',
        component: { type: 'hub', id: actor.hubId },
        annotations: timesOf(period),
      }),
    );
  }

  private async plan(principal: Principal, period: Period): Promise<Plan> {
    const { hubId } = principal;
    const head = await this.head(hubId);
    const headless = head === null && (await this.chain.hasSealed(hubId));
    const end = headless ? Number.MAX_SAFE_INTEGER : (head?.position ?? 0);
    const stretch = await this.rows.findStretch(hubId, period, end);
    const header: HeaderLine = {
      type: 'header',
      format: EXPORT_FORMAT,
      version: EXPORT_VERSION,
      hub_id: hubId,
      exported_at: new Date(this.clock.now()).toISOString(),
      exported_by: creatorOf(principal),
      ...timesOf(period),
      after: stretch && (await this.before(hubId, stretch)),
      head: head && headOf(head),
      about: ABOUT,
    };
    return { hubId, period, stretch, end, header };
  }

  /** Another node may just have sealed the first rows. */
  private async head(hubId: string): Promise<StoredHead | null> {
    const head = await this.chain.findHead(hubId);
    return head ?? ((await this.chain.hasSealed(hubId)) ? this.chain.findHead(hubId) : null);
  }

  private async before(hubId: string, { first }: Stretch): Promise<Place> {
    const position = first - 1;
    const seal = position === 0 ? this.seals.start(hubId).seal : await this.rows.findSeal(hubId, position);
    return { position, seal: seal && seal.toString('hex') };
  }

  private async *lines({ hubId, period, stretch, end, header }: Plan): AsyncGenerator<string> {
    const writer = new LineWriter(this.seals);
    let [sealed, unsealed] = [0, 0];
    let last: Place | null = null;
    try {
      yield writer.write(header);
      for await (const { position, seal: bytes, ...row } of stretch ? this.rows.sealed(hubId, stretch) : []) {
        const seal = bytes && Buffer.from(bytes).toString('hex');
        yield writer.write({ type: 'activity', position, seal, row });
        last = { position, seal };
        sealed += 1;
      }
      for await (const row of this.rows.unsealed(hubId, period, end)) {
        yield writer.write({ type: 'activity', position: null, seal: null, row });
        unsealed += 1;
      }
      yield writer.write({ type: 'trailer', sealed, unsealed, last });
    } catch (error) {
      this.logger.warn(`An export of hub ${hubId} broke off after ${sealed + unsealed} rows: ${String(error)}`);
      throw error;
    }
  }
}

function timesOf({ from, to }: Period): { from: string | null; to: string | null } {
  const text = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  return { from: text(from), to: text(to) };
}

function headOf({ position, seal, sealedAt, mac }: StoredHead): HeaderLine['head'] {
  return { position, seal: seal.toString('hex'), sealed_at: sealedAt, mac: mac.toString('hex') };
}
