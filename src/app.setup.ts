import { type IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';
import { ChangeFeed, refusalCounter } from './access/index.js';
import { AppModule } from './app.module.js';
import { type Clock } from './common/clock.js';
import { originForm, stripBasePath, stripLastSlash } from './common/http/base-path.js';
import { limitBodies } from './common/http/body-limits.js';
import { validationPipe } from './common/http/body-pipe.js';
import { refuseConnection } from './common/http/client-error.js';
import { ErrorFilter } from './common/http/error.filter.js';
import { acceptCsvStreams } from './common/http/csv-body.js';
import { acceptJsonOnly } from './common/http/json-body.js';
import { requestIdOf } from './common/http/request-id.js';
import { addRequestHooks, refuseUrl } from './common/http/request-hooks.js';
import { createLogger, JsonLogger } from './common/logging.js';
import { type Config } from './config/index.js';
import { DomainGate } from './modules/domain/index.js';
import { addOpenApiPage, buildDocuments } from './openapi/index.js';

const BODY_LIMIT_BYTES = 1_048_576;
/** A screenshot of 1 MiB is longer in base64. */
const REPORT_LIMIT_BYTES = 2 * BODY_LIMIT_BYTES;
/** Names of hosts (253 characters) and of keys stand in paths, decoded. */
const PATH_PARAMETER_LENGTH_MAX = 256;
/** Longer than proxies keep idle connections: a server that closes first makes them answer 502. */
const KEEP_ALIVE_MS = 130_000;
const REQUEST_TIMEOUT_MS = 60_000;

export interface AppOptions {
  readonly clock?: Clock;
}

/** The application, ready to listen: shared by the server, the tests and the command line's document writer. */
export async function createApp(config: Config, options: AppOptions = {}): Promise<NestFastifyApplication> {
  const logger = createLogger(config.logLevel);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: PATH_PARAMETER_LENGTH_MAX },
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers),
    frameworkErrors: refuseUrl,
    clientErrorHandler: refuseConnection,
    rewriteUrl: ({ url = '/' }: IncomingMessage) => stripLastSlash(stripBasePath(originForm(url), config.basePath)),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, options.clock), adapter, {
    logger: new JsonLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  fastify.server.headersTimeout = KEEP_ALIVE_MS + 1000;
  // All lines, of which there are at most 16 kB: Node drops those after the thousandth, which a proxy may have added.
  fastify.server.maxHeadersCount = 0;
  // Node answers an Expect that it does not know with an empty 417; RFC 9110 §10.1.1 lets us ignore it.
  fastify.server.on('checkExpectation', (request, response) => fastify.server.emit('request', request, response));
  addRequestHooks(fastify, config.trustedProxies, logger);
  app.get(DomainGate).guard(fastify);
  acceptJsonOnly(fastify);
  limitBodies(fastify, '/public-api/v1/box/report', REPORT_LIMIT_BYTES);
  acceptCsvStreams(fastify);
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ErrorFilter(refusalCounter(app)));
  try {
    await app.init();
    addOpenApiPage(fastify, () => buildDocuments(app));
    await app.get(ChangeFeed).start();
    await app.get(DomainGate).prepare();
    await fastify.ready();
  } catch (error) {
    // What kept it from starting is what matters; connections and timers must not stay behind.
    await app.close().catch(() => {});
    throw error;
  }
  return app;
}
