import { type FastifyInstance } from 'fastify';
import { UnsupportedMediaTypeError } from '../errors/index.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    csvBody?: boolean;
  }
}

/** The configuration of a route that reads CSV; all others refuse it. */
export const CSV_BODY = { csvBody: true } as const;

/** CSV is handed over as it comes: the route reads it, with a limit of its own, after it has let its caller in. */
export function acceptCsvStreams(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('text/csv', (request, payload, done) => {
    const accepted = request.routeOptions.config.csvBody === true;
    done(accepted ? null : new UnsupportedMediaTypeError('Send the body as application/json.'), payload);
  });
}
