import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import {
  type FlatQuerySpec,
  parseFlatQuery,
  parseResourceQuery,
  type ResourceQuery,
  type ResourceQuerySpec,
} from '../query/index.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the query guard read; its shape is what the route declared. */
    parsedQuery?: unknown;
  }
}

type QueryReader = (raw: string) => unknown;

const QUERY_READER = 'hubgate:query-reader';
const NOTHING: QueryReader = (raw) => parseFlatQuery(raw, {});

/** The route takes `sort`, `filter`, `page`, `include` and `meta` as far as the spec allows; anything else is refused. */
export function ResourceQueries(spec: ResourceQuerySpec): MethodDecorator {
  const read: QueryReader = (raw) => parseResourceQuery(raw, spec);
  return applyDecorators(SetMetadata(QUERY_READER, read), ApiExtension('x-resource-query', spec));
}

/** The route takes exactly these parameters, in any case. */
export function FlatQueries(spec: FlatQuerySpec): MethodDecorator {
  const read: QueryReader = (raw) => parseFlatQuery(raw, spec);
  return applyDecorators(SetMetadata(QUERY_READER, read), ApiExtension('x-flat-query', spec));
}

/** What the query said; routes without a declaration take no parameter at all. */
export const Queries = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  return context.switchToHttp().getRequest<FastifyRequest>().parsedQuery;
});

/** Reads the query of every route by the route's own declaration, after the access guard. */
@Injectable()
export class QueryGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const start = request.url.indexOf('?');
    const read = this.reflector.get<QueryReader | undefined>(QUERY_READER, context.getHandler());
    if (start >= 0 || read) {
      request.parsedQuery = (read ?? NOTHING)(start < 0 ? '' : request.url.slice(start + 1));
    }
    return true;
  }
}

export type { ResourceQuery };
