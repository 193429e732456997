import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { Clock } from '../../common/clock.js';
import { Database } from '../../database/index.js';
import { BoxCallError, BoxTimeoutError, BoxUnreachableError } from './box-call.errors.js';
import { BoxClient, jsonOf, mediaTypeOf, textOf, understood } from './box-client.js';
import { type BoxReport } from './box-report.entity.js';
import { type BoxFunction, type BoxVariable } from './box-told.js';
import { type Box } from './box.entity.js';
import { ReportRepository } from './report.repository.js';
import { PNG_BYTES_MAX, readFunctions, readScreenshot, readVariables } from './told-reader.js';

const LISTING_BYTES_MAX = 4_194_304;
/** A PNG in base64. */
const SCREENSHOT_BYTES_MAX = 2 * PNG_BYTES_MAX;
const REFRESH_MILLISECONDS = 60_000;

interface Listings {
  readonly functions: BoxFunction[];
  readonly variables: BoxVariable[];
}
type Listing = keyof Listings;

const READERS = { functions: readFunctions, variables: readVariables };

/** What a box tells: now, or what it told when it could last be reached. */
export interface Told<T> {
  readonly value: T;
  /** Null = just now; otherwise when, epoch milliseconds. */
  readonly at: number | null;
}

/** Asks boxes what they have and show. While one cannot be reached, what it told last stands in. */
@Injectable()
export class ToldService {
  constructor(
    private readonly client: BoxClient,
    private readonly reports: ReportRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  functions(box: Box): Promise<Told<BoxFunction[]>> {
    return this.orLast(box, () => this.now(box, 'functions'), 'functions');
  }

  variables(box: Box): Promise<Told<BoxVariable[]>> {
    return this.orLast(box, () => this.now(box, 'variables'), 'variables');
  }

  /** A PNG in base64. */
  screenshot(box: Box): Promise<Told<string>> {
    return this.orLast(box, () => this.screenshotNow(box), 'screenshot');
  }

  /**
   * What `pick` makes of what the box told last. Only where that fits nothing is the box asked anew, and while it
   * cannot be asked the refusal stands. @throws BoxCallError when it never told anything and cannot be asked
   */
  async fitting<K extends Listing, T>(box: Box, what: K, pick: (told: Listings[K]) => T): Promise<T> {
    const last = (await this.reports.find(box))?.[what] ?? null;
    if (last === null) {
      return pick(await this.now(box, what));
    }
    try {
      return pick(last as Listings[K]);
    } catch (refusal) {
      if (!(refusal instanceof AppError)) {
        throw refusal;
      }
      return pick(await this.nowOr(box, what, refusal));
    }
  }

  private async nowOr<K extends Listing>(box: Box, what: K, refusal: AppError): Promise<Listings[K]> {
    try {
      return await this.now(box, what);
    } catch (error) {
      throw error instanceof BoxCallError ? refusal : error;
    }
  }

  private async now<K extends Listing>(box: Box, what: K): Promise<Listings[K]> {
    const call = { method: 'GET', path: `/api/${what}`, maxAnswerBytes: LISTING_BYTES_MAX } as const;
    const value = understood(box, READERS[what] as (told: unknown) => Listings[K], await this.client.json(box, call));
    await this.keep(box, what, value);
    return value;
  }

  private async screenshotNow(box: Box): Promise<string> {
    const call = { method: 'GET', path: '/api/screenshot', maxAnswerBytes: SCREENSHOT_BYTES_MAX } as const;
    const answer = await this.client.call(box, call);
    switch (mediaTypeOf(answer.headers['content-type'])) {
      case 'image/png':
        return understood(box, readScreenshot, answer.body.toString('base64'));
      case 'text/plain':
        return understood(box, readScreenshot, textOf(box, answer.body).trim());
      default:
        return understood(box, readScreenshot, jsonOf(box, answer));
    }
  }

  private async orLast<T>(
    box: Box,
    now: () => Promise<T>,
    what: 'functions' | 'variables' | 'screenshot',
  ): Promise<Told<T>> {
    try {
      return { value: await now(), at: null };
    } catch (error) {
      if (!(error instanceof BoxUnreachableError || error instanceof BoxTimeoutError)) {
        throw error;
      }
      const report = await this.reports.find(box);
      const value = report?.[what] ?? null;
      if (value === null) {
        throw error;
      }
      return { value: value as T, at: report?.[`${what}At`] ?? 0 };
    }
  }

  /** For the next time that it cannot be reached; written when it differs, and else once a minute. */
  private async keep<K extends Listing>(box: Box, what: K, value: Listings[K]): Promise<void> {
    const now = this.clock.now();
    const report = await this.reports.find(box);
    const age = now - (report?.[`${what}At`] ?? 0);
    if (report && (age >= REFRESH_MILLISECONDS || JSON.stringify(report[what]) !== JSON.stringify(value))) {
      const told = { [what]: value, [`${what}At`]: now } as Partial<BoxReport>;
      await this.database.transaction((tx) => this.reports.keep(tx, box, told));
    }
  }
}
