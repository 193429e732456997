import { Injectable } from '@nestjs/common';
import { type Principal } from '../../access/index.js';
import { BoxAccess } from './box-access.js';
import { NoSuchThingError, RepeatedParameterError, UnknownParameterError, WrongTypeError } from './box-call.errors.js';
import { BoxClient } from './box-client.js';
import { type BoxFunction, type BoxValue, isOfType } from './box-told.js';
import { type Box } from './box.entity.js';
import { type RunFunctionDto } from './dto/box-public.dto.js';
import { returnValueOf } from './return-value.js';
import { type Told, ToldService } from './told.service.js';

const RETURN_BYTES_MAX = 262_144;

/** A function that the box has, with what it is called with. */
interface Run {
  readonly definition: BoxFunction;
  readonly values: Readonly<Record<string, BoxValue>>;
}

/** The shared functions of boxes. */
@Injectable()
export class FunctionService {
  constructor(
    private readonly access: BoxAccess,
    private readonly told: ToldService,
    private readonly client: BoxClient,
  ) {}

  async list(principal: Principal, boxId: string): Promise<Told<BoxFunction[]>> {
    return this.told.functions(await this.access.get(principal, 'read', boxId));
  }

  /** Runs a function once, and gives its return value as text: empty when it returns nothing. */
  async run(principal: Principal, input: RunFunctionDto): Promise<string> {
    const box = await this.access.get(principal, 'write', input.boxId);
    const tells = this.access.mayRead(principal, box);
    const { definition, values } = await this.told.fitting(box, 'functions', (functions) =>
      runOf(box, functions, input, tells),
    );
    await this.access.count(principal, box, 'runs');
    const answer = await this.client.call(box, {
      method: 'POST',
      path: `/api/functions/${encodeURIComponent(definition.Name)}`,
      body: values,
      maxAnswerBytes: RETURN_BYTES_MAX,
      caller: principal,
      refusals: { 404: () => new NoSuchThingError('function', box.boxId, null) },
    });
    return returnValueOf(box, definition.ReturnType, answer);
  }
}

/** @param tells whether the caller may know what else there is */
function runOf(
  box: Box,
  functions: readonly BoxFunction[],
  { functionName, parameters }: RunFunctionDto,
  tells: boolean,
): Run {
  const wanted = functionName.toLowerCase();
  const definition = functions.find(({ Name }) => Name.toLowerCase() === wanted);
  if (!definition) {
    throw new NoSuchThingError('function', box.boxId, tells ? functions.map(({ Name }) => Name) : null);
  }
  return { definition, values: valuesOf(definition, parameters ?? [], tells) };
}

/** In the box's own spelling. What is left out is not sent: whether it must be there is the box's to say. */
function valuesOf(
  { Parameters }: BoxFunction,
  given: NonNullable<RunFunctionDto['parameters']>,
  tells: boolean,
): Run['values'] {
  const values = new Map<string, BoxValue>();
  given.forEach(({ name, value }, index) => {
    const wanted = name.toLowerCase();
    const known = Parameters.find(({ ParameterName }) => ParameterName.toLowerCase() === wanted);
    if (!known) {
      throw new UnknownParameterError(index, tells ? Parameters.map(({ ParameterName }) => ParameterName) : null);
    }
    if (values.has(known.ParameterName)) {
      throw new RepeatedParameterError(index);
    }
    if (!isOfType(value, known.ParameterType)) {
      throw new WrongTypeError(`/parameters/${index}/value`, known.ParameterType);
    }
    values.set(known.ParameterName, value);
  });
  return Object.fromEntries(values);
}
