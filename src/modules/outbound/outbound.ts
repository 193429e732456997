/** What a call is for. Boxes are called on the box port only; webhooks on 80, 443 and ports from 1024 on. */
export type OutboundPurpose = 'box' | 'webhook';

/** One call to a server elsewhere, for one hub. */
export interface OutboundRequest {
  readonly hubId: string;
  readonly purpose: OutboundPurpose;
  /** http or https, without credentials in it. */
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Without those that the client itself decides: `host`, `accept-encoding`, and whatever frames the message. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole call, from the wait for its turn over the name's resolution to the last byte of the answer. */
  readonly timeoutMilliseconds: number;
  /** A longer answer is a failure, not a cut one. */
  readonly maxAnswerBytes: number;
  /** What fails together, e.g. the id of a box: after failures in a row it is left alone for a while. Absent = never. */
  readonly circuit?: string;
  /** Asked when it is the call's turn, before a byte is sent: what it throws is thrown, and nothing is called. */
  readonly before?: () => Promise<void>;
}

/** What came back, whatever its status: a redirect too is only an answer. */
export interface OutboundAnswer {
  readonly status: number;
  /** Names in lower case; a repeated header's values are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Why there is no answer:
 * - `network-refused`: the address may not be called; no byte was sent,
 * - `unresolved`: the name has no address,
 * - `unreachable`: nobody took the connection, or nobody who could prove the name,
 * - `timeout`: the answer was not whole in time,
 * - `too-long`: the answer exceeds the limit,
 * - `bad-answer`: what came is no whole, plain HTTP answer,
 * - `circuit-open`: not tried, because it failed too often lately or too many calls of the hub wait already.
 */
export type OutboundFailureKind =
  'network-refused' | 'unresolved' | 'unreachable' | 'timeout' | 'too-long' | 'bad-answer' | 'circuit-open';

/** There is no answer. The message is for people and repeats neither the body nor a header. */
export class OutboundFailure extends Error {
  constructor(
    readonly kind: OutboundFailureKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'OutboundFailure';
  }
}
