import { type IncomingHttpHeaders } from 'node:http';
import { type Mutation } from '../../access/index.js';
import { type RuleSet } from './active-rules.repository.js';
import { type Domain } from './domain.entity.js';

/** The request by which somebody changes rules, as it was sent. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A change of what acts at a host: the enabled firewall rules and the lists, as they are and as they would be. */
export interface RuleChange {
  readonly domain: Domain;
  readonly before: RuleSet;
  readonly after: RuleSet;
  /** Null where nobody asks over HTTP. */
  readonly request: SentRequest | null;
}

/** Asked inside the transaction of every change of rules and lists, unless it is forced. */
export abstract class RuleChangeCheck {
  /** @throws an AppError when the author of the change would be locked out by it */
  abstract assertKeepsAuthor(mutation: Mutation, change: RuleChange): void | Promise<void>;
}
