import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { authorize, creatorOf, type Mutation, Mutations, type Principal } from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { Precondition } from '../../common/precondition.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { type ValueType } from '../../common/typed-value.js';
import { bornOf } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { readValue } from './variable-value.js';
import { Variable } from './variable.entity.js';
import { TooManyVariablesError, VariableNotFoundError } from './variable.errors.js';
import { VariableRepository } from './variable.repository.js';

export const VARIABLES_MAX = 500;

export interface VariableInput {
  readonly name: string;
  readonly type: ValueType;
  readonly description?: string | null;
  readonly value?: unknown;
}

export type VariableEdit = Partial<Omit<VariableInput, 'type'>>;

/** The variables of a hub, for those who manage them. Groups read and write values through `VariableValues`. */
@Injectable()
export class VariableService {
  constructor(
    private readonly variables: VariableRepository,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
  ) {}

  list({ hubId }: Principal, query: ResourceQuery): Promise<Variable[]> {
    return this.variables.list(hubId, query);
  }

  async get(principal: Principal, id: string): Promise<Variable> {
    const variable = await this.variables.find(principal.hubId, id);
    if (!variable) {
      throw new VariableNotFoundError();
    }
    authorize(principal, 'read', variable);
    return variable;
  }

  create(principal: Principal, input: VariableInput): Promise<Variable> {
    return this.mutations.run(principal, 'variables-manage', async (mutation) => {
      const { tx, actor } = mutation;
      if ((await this.variables.count(tx, actor.hubId)) >= VARIABLES_MAX) {
        throw new TooManyVariablesError(VARIABLES_MAX);
      }
      const variable = newVariable(mutation, input);
      authorize(actor, 'create', variable);
      await this.variables.insert(tx, variable);
      await this.activity.recordChange(mutation, 'hub.variable.create', componentOf(variable), {}, facts(variable));
      return variable;
    });
  }

  update(principal: Principal, id: string, edit: VariableEdit, precondition = Precondition.NONE): Promise<Variable> {
    return this.mutations.run(principal, 'variables-manage', async (mutation) => {
      const { tx, now } = mutation;
      const variable = await this.getEditable(mutation, id, 'update');
      precondition.assertHolds(variable);
      const before = facts(variable);
      if (edit.name !== undefined) {
        variable.name = edit.name.trim();
        variable.nameKey = nameKey(edit.name);
      }
      variable.description = edit.description === undefined ? variable.description : edit.description;
      variable.value = edit.value === undefined ? variable.value : readValue(variable.type, edit.value);
      Object.assign(variable, { revision: variable.revision + 1, updatedAt: now });
      await this.variables.update(tx, variable);
      const annotations = edit.value === undefined ? {} : { value: 'set' };
      const component = componentOf(variable);
      await this.activity.recordChange(
        mutation,
        'hub.variable.update',
        component,
        before,
        facts(variable),
        annotations,
      );
      return variable;
    });
  }

  /** The row stays, marked deleted and without its value; its name is free again. */
  delete(principal: Principal, id: string, precondition = Precondition.NONE): Promise<Variable> {
    return this.mutations.run(principal, 'variables-manage', async (mutation) => {
      const variable = await this.getEditable(mutation, id, 'delete');
      precondition.assertHolds(variable);
      const { value } = variable;
      await this.end(mutation, variable);
      return Object.assign(new Variable(), variable, { value });
    });
  }

  /** Deleted from now on; who calls has asked whether it may be. */
  async end(mutation: Mutation, variable: Variable): Promise<void> {
    const { tx, now } = mutation;
    const ended = { nameKey: null, value: null, deletedAt: now, updatedAt: now, revision: variable.revision + 1 };
    const before = facts(variable);
    await this.variables.update(tx, Object.assign(variable, ended));
    await this.activity.recordChange(mutation, 'hub.variable.delete', componentOf(variable), before, {});
  }

  /** Which of these ids are live variables of the hub, for whoever grants rights on them. */
  findIds(tx: EntityManager, hubId: string, ids: readonly string[]): Promise<Set<string>> {
    return this.variables.findIds(tx, hubId, ids);
  }

  private async getEditable({ tx, actor }: Mutation, id: string, action: string): Promise<Variable> {
    const variable = await this.variables.find(actor.hubId, id, tx);
    if (!variable) {
      throw new VariableNotFoundError();
    }
    authorize(actor, action, variable);
    return variable;
  }
}

function newVariable({ actor, now }: Mutation, input: VariableInput): Variable {
  return Object.assign(new Variable(), {
    id: newId(now),
    hubId: actor.hubId,
    name: input.name.trim(),
    nameKey: nameKey(input.name),
    type: input.type,
    value: readValue(input.type, input.value ?? null),
    description: input.description ?? null,
    revision: 1,
    ...bornOf(creatorOf(actor), now),
  });
}

/** What the record tells: never the value, which is data. */
function facts({ name, type, description }: Variable): Record<string, unknown> {
  return { name, type, description };
}

function componentOf({ id }: Variable): { type: string; id: string } {
  return { type: 'variable', id };
}
