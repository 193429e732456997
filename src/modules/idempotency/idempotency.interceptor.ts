import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { tagged, tagOf } from '../../common/http/entity-tags.js';
import { Config } from '../../config/index.js';
import { type Answer, IdempotencyService } from './idempotency.service.js';
import { keyedRequestOf } from './keyed-request.js';

/**
 * Heeds `Idempotency-Key` on every POST of the management door but sign-in. It stands behind the guards, so who asks is
 * known and admitted anew each time; the checks of the body and the handler run inside.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly secret: Buffer;

  constructor(
    private readonly idempotency: IdempotencyService,
    config: Config,
  ) {
    this.secret = config.secret.deriveKey('idempotency-request');
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = keyedRequestOf(http.getRequest<FastifyRequest>(), this.secret);
    if (!request) {
      return next.handle();
    }
    const reply = http.getResponse<FastifyReply>();
    const work = async (): Promise<Answer> => {
      const body: unknown = await lastValueFrom(next.handle());
      return { status: reply.statusCode, body, etag: tagOf(body) ?? null };
    };
    return this.idempotency.run(request, work).then(({ answer, replayed }) => {
      if (replayed) {
        markReplayed(reply, answer);
      }
      return of(answer.body);
    });
  }
}

function markReplayed(reply: FastifyReply, { status, etag, body }: Answer): void {
  reply.code(status).header('idempotency-replayed', 'true');
  if (etag !== null) {
    tagged(etag, (body as { data: object }).data);
  }
}
