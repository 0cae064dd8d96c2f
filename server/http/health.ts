import { Hono } from 'hono';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

/** `/healthz`: the process lives. `/readyz`: it takes work, which it does not while it stops or cannot write. */
export function healthRoutes(parts: Parts): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app
    .get('/healthz', (c) => c.json({ alive: true }))
    .get('/readyz', (c) => {
      needReady(parts);
      return c.json({ ready: true });
    });
  return app;
}

/** @throws Problem `stopping` or `store` while the server takes nothing new. */
export function needReady({ isStopping, store }: Parts): void {
  if (isStopping()) throw new Problem('stopping');
  if (store.failure) throw new Problem('store');
}
