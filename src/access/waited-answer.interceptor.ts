import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { Clock } from '../common/clock.js';
import { Authenticator } from './authenticator.js';
import { ROUTE_ACCESS, type RouteAccess } from './requires.decorator.js';

/** Less is no wait: the change itself may take as long to reach this node. */
export const WAITED_MILLISECONDS = 250;

/**
 * Data that took its time, because it had to wait or was much, is given to whoever may have it now: not to a key that
 * was revoked meanwhile. Writes are answered always: what has happened has happened.
 */
@Injectable()
export class WaitedAnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const access = this.reflector.get<RouteAccess | undefined>(ROUTE_ACCESS, context.getHandler());
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!principal || access?.kind !== 'scope' || access.right !== 'read') {
      return next.handle();
    }
    const began = this.clock.monotonic();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        if (this.clock.monotonic() - began >= WAITED_MILLISECONDS) {
          await this.authenticator.assertStillHolds(principal);
        }
        return answer;
      }),
    );
  }
}
