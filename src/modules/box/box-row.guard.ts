import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { InvalidInputError } from '../../common/errors/index.js';
import { isObject } from '../../common/is-object.js';

const STRIPPED_NAMES = ['__proto__', 'constructor', 'prototype'];

/** The validation pipe drops such keys without a word: a row that has one would lose a value silently. */
@Injectable()
export class BoxRowGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { body } = context.switchToHttp().getRequest<FastifyRequest<{ Body?: { data?: unknown } | null }>>();
    const data = body?.data;
    const stripped = isObject(data) ? STRIPPED_NAMES.find((name) => Object.hasOwn(data, name)) : undefined;
    if (stripped !== undefined) {
      throw new InvalidInputError(`No column can be named "${stripped}".`, { source: `/data/${stripped}` });
    }
    return true;
  }
}
