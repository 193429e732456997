import { Injectable } from '@nestjs/common';
import { type Principal } from '../../access/index.js';
import { BoxAccess } from './box-access.js';
import { NoSuchThingError, WrongTypeError } from './box-call.errors.js';
import { BoxClient } from './box-client.js';
import { type BoxVariable, isOfType } from './box-told.js';
import { type Box } from './box.entity.js';
import { type ChangeVariableDto } from './dto/box-public.dto.js';
import { type Told, ToldService } from './told.service.js';

const ANSWER_BYTES_MAX = 65_536;

/** The variables of what runs on a box. */
@Injectable()
export class BoxVariableService {
  constructor(
    private readonly access: BoxAccess,
    private readonly told: ToldService,
    private readonly client: BoxClient,
  ) {}

  async list(principal: Principal, boxId: string): Promise<Told<BoxVariable[]>> {
    return this.told.variables(await this.access.get(principal, 'read', boxId));
  }

  async change(principal: Principal, input: ChangeVariableDto): Promise<void> {
    const box = await this.access.get(principal, 'write', input.boxId);
    const tells = this.access.mayRead(principal, box);
    const name = await this.told.fitting(box, 'variables', (variables) => checked(box, variables, input, tells));
    await this.access.count(principal, box, 'changes');
    await this.client.call(box, {
      method: 'PUT',
      path: `/api/variables/${encodeURIComponent(name)}`,
      body: { value: input.value },
      maxAnswerBytes: ANSWER_BYTES_MAX,
      caller: principal,
      refusals: { 404: () => new NoSuchThingError('variable', box.boxId, null) },
    });
  }
}

/**
 * The variable's name in the box's own spelling.
 * @param tells whether the caller may know what else there is
 */
function checked(
  box: Box,
  variables: readonly BoxVariable[],
  { name, value }: ChangeVariableDto,
  tells: boolean,
): string {
  const wanted = name.toLowerCase();
  const known = variables.find((one) => one.name.toLowerCase() === wanted);
  if (!known) {
    throw new NoSuchThingError('variable', box.boxId, tells ? variables.map((one) => one.name) : null);
  }
  if (!isOfType(value, known.type)) {
    throw new WrongTypeError('/value', known.type);
  }
  return known.name;
}
