import { Injectable, Logger } from '@nestjs/common';
import { Authenticator, type Principal } from '../../access/index.js';
import { type AppError } from '../../common/errors/index.js';
import { Clock } from '../../common/clock.js';
import { Config } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { type OutboundAnswer, OutboundClient, OutboundFailure } from '../outbound/index.js';
import { BoxAnswerError, BoxCredentialsError, BoxTimeoutError, BoxUnreachableError } from './box-call.errors.js';
import { CredentialSealer } from './box-credentials.js';
import { type Box } from './box.entity.js';
import { ReportRepository } from './report.repository.js';
import { UnreadableError } from './told-reader.js';

/** One call of a box. Nothing is ever tried twice: what a function does cannot be taken back. */
export interface BoxCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With every name in it percent-encoded. */
  readonly path: string;
  readonly body?: unknown;
  readonly maxAnswerBytes: number;
  /** Of what changes something: whoever wants it, and must still be let when the call's turn comes. */
  readonly caller?: Principal;
  /** What an answer of this status means; every other one that is no success is a 502. */
  readonly refusals?: Readonly<Record<number, () => AppError>>;
}

const DATA_TYPES = ['application/json', 'text/plain', 'image/png'];

/** A state is written when it changes, and a sighting once a minute: calls must not cost a write each. */
const SIGHTING_MILLISECONDS = 60_000;

/** Calls boxes, and says what went wrong in words that name the box and repeat nothing of its answer. */
@Injectable()
export class BoxClient {
  private readonly logger = new Logger('BoxClient');

  constructor(
    private readonly outbound: OutboundClient,
    private readonly sealer: CredentialSealer,
    private readonly reports: ReportRepository,
    private readonly database: Database,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * Its answer, when it is a success. Outside any transaction: a box may be slow.
   * @throws BoxCallError, or what `refusals` says
   */
  async call(box: Box, call: BoxCall): Promise<OutboundAnswer> {
    const answer = await this.send(box, call);
    const { status } = answer;
    if (status === 401 || status === 403) {
      throw new BoxCredentialsError(box.boxId, box.sealedCredentials !== null);
    }
    if (status >= 200 && status < 300) {
      assertData(box, answer);
      return answer;
    }
    const refusal = call.refusals?.[status];
    throw refusal ? refusal() : new BoxAnswerError(box.boxId, statusText(status));
  }

  /** Its answer as JSON. @throws BoxCallError */
  async json(box: Box, call: BoxCall): Promise<unknown> {
    return jsonOf(box, await this.call(box, call));
  }

  private async send(box: Box, { method, path, body, maxAnswerBytes, caller }: BoxCall): Promise<OutboundAnswer> {
    if (box.address === null) {
      throw new BoxUnreachableError(box.boxId, 'has no address. Ask who administers the hub to set it.');
    }
    const authorization = this.sealer.authorizationFor(box);
    try {
      const answer = await this.outbound.send({
        hubId: box.hubId,
        purpose: 'box',
        url: `${box.address}${path}`,
        method,
        headers: {
          accept: 'application/json, text/plain',
          ...(authorization !== null && { authorization }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        timeoutMilliseconds: this.config.boxTimeoutMilliseconds,
        maxAnswerBytes,
        circuit: `${box.id}@${box.address}`,
        ...(caller && { before: () => this.authenticator.assertStillHolds(caller) }),
      });
      await this.note(box, 'online');
      return answer;
    } catch (error) {
      if (!(error instanceof OutboundFailure)) {
        throw error;
      }
      const failure = this.failureOf(box, error);
      if (error.kind === 'unreachable' || error.kind === 'unresolved' || error.kind === 'timeout') {
        await this.note(box, 'offline');
      }
      throw failure;
    }
  }

  private failureOf({ boxId }: Box, failure: OutboundFailure): AppError {
    switch (failure.kind) {
      case 'network-refused':
        return new BoxUnreachableError(
          boxId,
          "has an address that this server does not let the hub call. Ask the server's administrator to allow its network.",
          failure,
        );
      case 'unresolved':
        return new BoxUnreachableError(boxId, 'has a name that leads nowhere. Check its address.', failure);
      case 'unreachable':
        return new BoxUnreachableError(boxId, 'takes no connection. Is it on?', failure);
      case 'timeout':
        return new BoxTimeoutError(boxId, this.config.boxTimeoutMilliseconds, failure);
      case 'circuit-open':
        return new BoxUnreachableError(
          boxId,
          'failed several times in a row or has too many calls waiting, and is left alone for half a minute.',
          failure,
        );
      case 'too-long':
        return new BoxAnswerError(boxId, 'answered with more than there can be.', failure);
      case 'bad-answer':
        return new BoxAnswerError(boxId, 'answered with what is no whole HTTP answer.', failure);
    }
  }

  /** What was asked for has happened by now, so a note that cannot be written is no failure of it. */
  private async note(box: Box, state: 'online' | 'offline'): Promise<void> {
    const at = this.clock.now();
    const seen = state === 'online';
    if (box.state === state && (!seen || at - (box.lastSeenAt ?? 0) < SIGHTING_MILLISECONDS)) {
      return;
    }
    try {
      await this.database.transaction((tx) => this.reports.note(tx, box, { state, at, seen }));
    } catch (error) {
      this.logger.warn(`That the box ${box.id} is ${state} was not noted: ${String(error)}`);
    }
  }
}

/** A page to sign in at, say, is no success, also where nothing of the answer is read. */
function assertData({ boxId }: Box, { headers, body }: OutboundAnswer): void {
  if (body.length > 0 && !DATA_TYPES.includes(mediaTypeOf(headers['content-type']))) {
    throw new BoxAnswerError(boxId, 'answered with something else than data.');
  }
}

/** What a reader makes of an answer; what is wrong with it is the box's fault, not the caller's. @throws BoxAnswerError */
export function understood<T>({ boxId }: Box, reader: (told: unknown) => T, told: unknown): T {
  try {
    return reader(told);
  } catch (error) {
    if (error instanceof UnreadableError) {
      throw new BoxAnswerError(boxId, `answered with what the hub does not understand: ${error.message}.`);
    }
    throw error;
  }
}

/** The body of an answer as JSON. @throws BoxAnswerError also for one that only looks like it */
export function jsonOf(box: Box, { headers, body }: OutboundAnswer): unknown {
  if (mediaTypeOf(headers['content-type']) !== 'application/json') {
    throw new BoxAnswerError(box.boxId, 'answered with something else than JSON.');
  }
  try {
    return JSON.parse(textOf(box, body)) as unknown;
  } catch (error) {
    throw error instanceof BoxAnswerError ? error : new BoxAnswerError(box.boxId, 'answered with broken JSON.');
  }
}

/** @throws BoxAnswerError for bytes that are no UTF-8 */
export function textOf(box: Box, body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new BoxAnswerError(box.boxId, 'answered with text that is no UTF-8.');
  }
}

export function mediaTypeOf(contentType = ''): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function statusText(status: number): string {
  return status >= 300 && status < 400
    ? 'redirected the call, which the hub does not follow.'
    : `answered with the status ${status}.`;
}
