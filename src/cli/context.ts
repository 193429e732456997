import { type INestApplicationContext } from '@nestjs/common';

/** The application on the database of the environment; see `openApplication`. Loaded when a command runs: it is large. */
export async function withApplication<T>(work: (app: INestApplicationContext) => Promise<T>): Promise<T> {
  const { openApplication } = await import('./application.js');
  const app = await openApplication();
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
