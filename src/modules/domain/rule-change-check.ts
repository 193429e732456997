import { type Mutation } from '../../access/index.js';
import { type Domain } from './domain.entity.js';

/** The request by which somebody changes rules, as it was sent. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
}

/** Stands around every change of rules and lists that is not forced, inside its transaction. */
export abstract class RuleChangeCheck {
  /**
   * Makes the change, and refuses it where its author could not come back through this host afterwards. What acts
   * before and after is read by `ActiveRulesRepository.rulesOf(domain, mutation.tx)`.
   * @throws an AppError, by which the change is rolled back
   */
  abstract keepingAuthor<T>(
    mutation: Mutation,
    domain: Domain,
    request: SentRequest,
    change: () => Promise<T>,
  ): Promise<T>;
}
