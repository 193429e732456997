import { type Anchor, type Break } from './chain-report.js';
import { disagreement } from './row-body.js';
import { type SealedRow } from './seal.repository.js';
import { type Link, type Seals } from './seals.js';

/** Why this row is not what was sealed behind `last`; null when it is. Where it is stored makes no difference. */
export function breakAt(seals: Seals, row: SealedRow, last: Link, anchors: readonly Anchor[]): Break | null {
  const next = seals.next(last, row);
  if (row.position > next.position) {
    const problem = `the row is missing; the next one is ${row.id} at position ${row.position}`;
    return { position: next.position, rowId: null, problem };
  }
  const problem =
    row.position < next.position
      ? 'no seal is made for this position'
      : (sealProblem(row, next) ?? anchorProblem(anchors, next));
  return problem === null ? null : { position: row.position, rowId: row.id, problem };
}

/** A chain that has ended before it came to a head that was once there. */
export function lostAnchor(anchors: readonly Anchor[], last: Link): Break | null {
  const lost = anchors.find(({ position }) => position > last.position);
  const problem = `the chain ends before it, but position ${lost?.position} was logged: the database was set back`;
  return lost ? { position: last.position + 1, rowId: null, problem } : null;
}

function sealProblem(row: SealedRow, next: Link): string | null {
  const problem = disagreement(row);
  if (row.seal === null || Buffer.compare(Buffer.from(row.seal), next.seal) !== 0) {
    return `the row or its seal is not what was sealed${problem === null ? '' : `: ${problem}`}`;
  }
  return problem;
}

function anchorProblem(anchors: readonly Anchor[], { position, seal }: Link): string | null {
  const other = anchors.find((anchor) => anchor.position === position && anchor.seal !== seal.toString('hex'));
  return other ? `the seal ${other.seal} was logged here, and this is another: the past was written anew` : null;
}
