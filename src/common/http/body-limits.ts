import { type FastifyInstance } from 'fastify';

/** Lets the bodies of one path be longer, or makes them shorter, than the others'. Before the routes are added. */
export function limitBodies(fastify: FastifyInstance, path: string, bytes: number): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url === path) {
      route.bodyLimit = bytes;
    }
  });
}
