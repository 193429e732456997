import { type INestApplicationContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { Clock } from '../common/clock.js';
import { type AppError } from '../common/errors/index.js';
import { UsageLog } from './usage-log.js';

/**
 * Counts what known keys were refused after they had been let in (capability, scope, hub, ceiling). Who is refused at
 * the door itself has no principal yet and is counted there.
 */
export function refusalCounter(app: INestApplicationContext): (request: FastifyRequest, error: AppError) => void {
  const usage = app.get(UsageLog);
  const clock = app.get(Clock);
  return ({ principal }, error) => {
    if (principal && error.status === 403) {
      usage.countRefusal(principal.record, principal.address, error.code, clock.now());
    }
  };
}
