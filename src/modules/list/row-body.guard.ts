import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { STRIPPED_NAMES } from './list-columns.js';
import { UnknownColumnsError } from './list.errors.js';

/**
 * The validation pipe drops keys such as `constructor` without a word. No column has such a name, so a row that has one
 * names an unknown column, and says so like any other.
 */
@Injectable()
export class RowBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { body } = context.switchToHttp().getRequest<FastifyRequest<{ Body?: { data?: unknown } | null }>>();
    const data = body?.data;
    const stripped =
      typeof data === 'object' && data !== null ? STRIPPED_NAMES.filter((name) => Object.hasOwn(data, name)) : [];
    if (stripped.length > 0) {
      throw new UnknownColumnsError(stripped);
    }
    return true;
  }
}
