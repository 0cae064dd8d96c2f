import { Hono } from 'hono';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

/**
 * `/healthz`: the process is alive. `/readyz`: it accepts work; false while it stops or cannot write. During startup
 * neither answers, because the port is opened last, after the journal has been read.
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
 * For routes that lead into a room. A failing disk does not matter to them, because the room reports it.
 * @throws Problem `stopping`
 */
export function needRunning({ isStopping }: Parts): void {
  if (isStopping()) throw new Problem('stopping');
}

/**
 * For routes whose result must be on disk before they answer.
 * @throws Problem `stopping` or `store`
 */
export function needWritable(parts: Parts): void {
  needRunning(parts);
  if (parts.store.failure) throw new Problem('store');
}
