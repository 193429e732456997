import { isUniqueViolation } from './database-errors.js';

/**
 * Runs a write and turns the violation of one unique key into a refusal of the caller's. The database decides a race
 * for a name: its constraint, not a look before, is the rule.
 */
export async function uniqueOr<T>(constraint: string, write: () => Promise<T>, refusal: () => Error): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isUniqueViolation(error, constraint) ? refusal() : error;
  }
}
