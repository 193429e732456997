import { type AddressInfo } from 'node:net';
import { type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { AccessGuard, Authenticator, type Principal } from '../../src/access/index.js';
import { createApp } from '../../src/app.setup.js';
import { resolveClientAddress } from '../../src/common/http/client-address.js';
import { loadConfig } from '../../src/config/index.js';
import { sayListening } from './answer.js';

// The very same application, but its gate asks nothing: everybody is one principal, known from the start.

const config = loadConfig();
const app = await createApp(config);
const everybody = await authenticated(process.env['BENCH_CREDENTIAL'] ?? '');
AccessGuard.prototype.canActivate = (context: ExecutionContext): boolean => {
  context.switchToHttp().getRequest<FastifyRequest>().principal = everybody;
  return true;
};
await app.listen(0, '127.0.0.1');
sayListening((app.getHttpServer().address() as AddressInfo).port);

function authenticated(credential: string): Promise<Principal> {
  const client = resolveClientAddress({ peer: '127.0.0.1', forwardedFor: undefined }, config.trustedProxies);
  const authenticator = app.get(Authenticator);
  return credential.startsWith('hgk_')
    ? authenticator.authenticateKey(credential, { client, domain: null })
    : authenticator.authenticateToken(credential, { client, domain: null });
}
