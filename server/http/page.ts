import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import type { AppEnv } from './parts.ts';

/** The addresses of the page; its own script tells them apart. */
const views = ['/', '/join', '/b/:board', '/b/:board/:view'];

/**
 * The built page. Names under `/assets/` bear a hash of what they hold and are kept for ever; all else is
 * asked for anew each time. A file that is not there falls through to the one answer for that, but who looks for
 * a page gets the page, which says in words that there is nothing.
 */
export function pageRoutes(root: string): Hono<AppEnv> {
  const files = serveStatic<AppEnv>({ root, precompressed: true });
  const index = serveStatic<AppEnv>({ root, path: 'index.html', precompressed: true });
  const app = new Hono<AppEnv>();
  app.get('/assets/*', cached('public, max-age=31536000, immutable'), files);
  for (const view of views) app.get(view, cached('no-cache'), etag(), index);
  app.get('/:file{[A-Za-z0-9_-]+\\.[a-z0-9.]+}', cached('no-cache'), etag(), files);
  app.get('*', onlyForReaders(index));
  return app;
}

/** Programs and scripts ask here; an address of theirs that leads nowhere is answered as an error. */
const forPrograms = /^\/(api|assets|sync|healthz|readyz|metrics)(\/|$)/;

/** The page under an address that is none of its own: a 404, and kept nowhere. */
function onlyForReaders(index: MiddlewareHandler<AppEnv>): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const wantsPage = c.req.header('accept')?.includes('text/html') ?? false;
    if (!wantsPage || forPrograms.test(c.req.path)) return next();
    const page = await index(c, next);
    if (!page) return;
    c.set('problem', 'not-found');
    page.headers.set('Cache-Control', 'no-cache');
    return new Response(page.body, { status: 404, headers: page.headers });
  };
}

function cached(rule: string): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    if (c.res.ok || c.res.status === 304) c.header('Cache-Control', rule);
  };
}
