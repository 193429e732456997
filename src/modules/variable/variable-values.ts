import { Injectable } from '@nestjs/common';
import {
  allowedIds,
  authorizeData,
  type DataObject,
  DATA_RIGHTS,
  type DataRight,
  mayTouchData,
  type Principal,
  VARIABLE_VALUE,
} from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { type Precondition } from '../../common/precondition.js';
import { Database } from '../../database/index.js';
import { readValue } from './variable-value.js';
import { type Variable } from './variable.entity.js';
import { VariableNotFoundError } from './variable.errors.js';
import { VariableRepository } from './variable.repository.js';

/** The values of variables, for those whose group and scopes let them. Variables are named as lists are: without case. */
@Injectable()
export class VariableValues {
  constructor(
    private readonly variables: VariableRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Those that the caller may read, by name. */
  list(principal: Principal): Promise<Variable[]> {
    const ids = allowedIds(principal, 'read', VARIABLE_VALUE, 'variableId');
    return this.variables.findAll(principal.hubId, ids);
  }

  async read(principal: Principal, name: string): Promise<Variable> {
    return assertMay(principal, 'read', await this.variables.findByName(principal.hubId, name));
  }

  /**
   * Asks twice: outside, so that a refused caller never holds the variable's lock, and under the lock, for good.
   * @throws RevisionMismatchError when it is not in the state that the caller builds on
   */
  async write(principal: Principal, name: string, value: unknown, precondition: Precondition): Promise<Variable> {
    const { hubId } = principal;
    assertMay(principal, 'write', await this.variables.findByName(hubId, name));
    return this.database.transaction(async (tx) => {
      const variable = assertMay(principal, 'write', await this.variables.findByName(hubId, name, tx));
      precondition.assertHolds(variable);
      const changed = { value: readValue(variable.type, value), revision: variable.revision + 1 };
      Object.assign(variable, changed, { updatedAt: this.clock.now() });
      await this.variables.update(tx, variable);
      return variable;
    });
  }
}

/** Rights first, then existence: a variable on which the caller has no right at all is as if it were not there. */
function assertMay(principal: Principal, right: DataRight, variable: Variable | null): Variable {
  if (!variable) {
    throw new VariableNotFoundError();
  }
  const object: DataObject = { kind: VARIABLE_VALUE, hubId: variable.hubId, variableId: variable.id };
  if (!DATA_RIGHTS.some((any) => mayTouchData(principal, any, object))) {
    throw new VariableNotFoundError();
  }
  authorizeData(principal, right, object);
  return variable;
}
