import { type ResourceQuery } from '../../common/query/index.js';
import { InvalidPeriodError } from './activity.errors.js';

/** From the first moment to before the second, epoch milliseconds; null = without a bound. */
export interface Period {
  readonly from: number | null;
  readonly to: number | null;
}

/** What the query's times say. @throws InvalidPeriodError when the end is not after the start */
export function periodOf({ filter }: Pick<ResourceQuery, 'filter'>): Period {
  const [from = null, to = null] = ['from', 'to'].map((name) => {
    const text = filter[name]?.[0];
    return text === undefined ? null : Date.parse(text);
  });
  if (from !== null && to !== null && to <= from) {
    throw new InvalidPeriodError();
  }
  return { from, to };
}
