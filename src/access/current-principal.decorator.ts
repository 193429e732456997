import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Principal } from './principal.js';

/** The caller, as the access guard decided it. Throws on a route that lets anybody in: there is no caller to speak of. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!principal) {
    throw new Error('This route has no principal.');
  }
  return principal;
});
