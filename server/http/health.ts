import { Hono } from 'hono';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

/**
 * `/healthz`: the process lives. `/readyz`: it takes work, which it does not while it stops or cannot write.
 * While it starts nothing answers: the port is opened last, when the journal has been read.
 */
export function healthRoutes(parts: Parts): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app
    .get('/healthz', (c) => c.json({ alive: true }))
    .get('/readyz', (c) => {
      needWritable(parts);
      return c.json({ ready: true });
    });
  return app;
}

/**
 * For those who come to read and write together: a failing disk does not keep them out, the room tells them.
 * @throws Problem `stopping`
 */
export function needRunning({ isStopping }: Parts): void {
  if (isStopping()) throw new Problem('stopping');
}

/**
 * For what must be on disk before it is answered.
 * @throws Problem `stopping` or `store`
 */
export function needWritable(parts: Parts): void {
  needRunning(parts);
  if (parts.store.failure) throw new Problem('store');
}
