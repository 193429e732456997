import { ApiProperty } from '@nestjs/swagger';
import { entityTag } from '../../../common/precondition.js';
import { tagged } from '../../../common/http/entity-tags.js';
import { JobDescriptorResponse } from '../../job/index.js';
import { type CellValue } from '../cell-values.js';
import { type ColumnOutcome } from '../list-structure.service.js';
import { ListResponse } from './list.response.js';

class RowInTheWayResponse {
  /** @example 7 */
  row_id: number;
  /** The beginning of it. */
  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }], nullable: true, example: 'n/a' })
  value: CellValue;
  /** @example A Number cannot hold this String. */
  problem: string;
}

class RowCheckResponse {
  /** How many rows were looked at. @example 1200 */
  rows: number;
  /** Rows whose value the new type cannot hold. @example 1 */
  unconvertible: number;
  /** Rows whose value breaks the rules of the column as it is asked for. @example 0 */
  breaking: number;
  /** The first of both. */
  first: RowInTheWayResponse[];
}

/** What became of a change to the columns of a list. */
export class ColumnOutcomeResponse {
  /** As it is now; what a job has yet to do does not show. */
  list: ListResponse;
  /** What was found in the rows; null where nobody had to look. */
  check: RowCheckResponse | null;
  /** What is left to do; null = nothing. */
  job: JobDescriptorResponse | null;

  static from({ list, check, job }: ColumnOutcome): ColumnOutcomeResponse {
    return tagged(entityTag(list), {
      list: ListResponse.from(list),
      check: check && { ...check, first: [...check.first] },
      job: job && JobDescriptorResponse.from(job),
    });
  }
}
