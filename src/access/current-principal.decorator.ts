import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type AccountPrincipal, type BoxPrincipal, type Principal } from './principal.js';

/** Who acts in a hub, or is signed in outside of hubs. */
export type Caller = Principal | AccountPrincipal;

/** The caller, as the access guard decided it. Throws on a route that lets anybody in: there is no caller to speak of. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  return orNobody(requestOf(context).principal);
});

/** Who is signed in, on routes that let sessions in outside of hubs. */
export const CurrentAccount = createParamDecorator((_: unknown, context: ExecutionContext): AccountPrincipal => {
  return orNobody(requestOf(context).account);
});

/** Whoever of both it is, on routes for keys and persons. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { principal, account } = requestOf(context);
  return orNobody<Caller>(principal ?? account);
});

/** The box that reports itself, on the route for it. */
export const CurrentBox = createParamDecorator((_: unknown, context: ExecutionContext): BoxPrincipal => {
  return orNobody(requestOf(context).box);
});

export function isAccount(caller: Caller): caller is AccountPrincipal {
  return 'session' in caller;
}

function requestOf(context: ExecutionContext): FastifyRequest {
  return context.switchToHttp().getRequest<FastifyRequest>();
}

function orNobody<T>(caller: T | undefined): T {
  if (!caller) {
    throw new Error('This route has no such caller.');
  }
  return caller;
}
