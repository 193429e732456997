import { type FastifyRequest } from 'fastify';
import { requestFacts, type RequestFactsForRules } from '../filter/index.js';

/** What the rules of a host may ask of a request: once, or twice where it can be read in two ways. */
export function readingsOf(
  request: FastifyRequest,
  host: string,
  scheme: 'http' | 'https',
): readonly RequestFactsForRules[] {
  const { raw, method, url, client } = request;
  return requestFacts({ method, url, host, address: client.address, scheme, rawHeaders: raw.rawHeaders });
}
