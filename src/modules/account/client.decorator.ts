import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { clientBucket } from '../../common/http/client-address.js';

const USER_AGENT_LENGTH_MAX = 200;

/** Where a sign-in comes from. */
export interface Client {
  /** Null = it could not be told. */
  readonly address: string | null;
  /** Under which it is counted; never text of the client's own. */
  readonly bucket: string;
  readonly userAgent: string | null;
}

/** Who sends a request to a route that is open to all. */
export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const { client, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const userAgent = headers['user-agent']?.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, USER_AGENT_LENGTH_MAX) ?? null;
  return { address: client.address?.text ?? null, bucket: clientBucket(client), userAgent };
});
