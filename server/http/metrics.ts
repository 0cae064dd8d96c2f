import { Hono } from 'hono';
import { isKey } from '../access/keys.ts';
import { bearerOf, needRate } from './middleware.ts';
import type { AppEnv, Parts } from './parts.ts';
import { Problem } from './problem.ts';

/**
 * `/metrics`, for Prometheus, with METRICS_KEY or ADMIN_KEY. Without either configured, the address does not exist. The
 * client's address proves nothing: behind a proxy on the same machine, every request comes from loopback.
 */
export function metricsRoutes(parts: Parts): Hono<AppEnv> {
  const { config, metrics, admins } = parts;
  const app = new Hono<AppEnv>();
  app.get(
    '/metrics',
    async (_c, next) => {
      if (config.metricsKey === null && config.adminKey === null) throw new Problem('not-found');
      await next();
    },
    needRate(parts, admins),
    async (c) => {
      const given = bearerOf(c);
      if (!isKey(given, config.metricsKey) && !isKey(given, config.adminKey)) throw new Problem('admin-key');
      return c.body(await metrics.page(), 200, {
        'content-type': metrics.contentType,
        'cache-control': 'no-store',
      });
    },
  );
  return app;
}
