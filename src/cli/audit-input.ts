import { InvalidArgumentError } from 'commander';
import { type Anchor } from '../modules/activity/index.js';

const ANCHOR = /^([0-9a-f]{24}):([1-9]\d{0,14}):([0-9a-f]{64})$/;

/** One more `--head`, as the log names it. @throws InvalidArgumentError, which is wrong usage */
export function addAnchor(text: string, others: readonly Anchor[] = []): Anchor[] {
  const [, hubId = '', position = '', seal = ''] = ANCHOR.exec(text) ?? [];
  if (hubId === '') {
    throw new InvalidArgumentError('It is HUB:POSITION:SEAL, e.g. from the log or an earlier verification.');
  }
  return [...others, { hubId, position: Number(position), seal }];
}
