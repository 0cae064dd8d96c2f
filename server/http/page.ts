import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import type { AppEnv } from './parts.ts';

/** The addresses of the page, with the file of each. The router of the page tells them apart. */
const pages: readonly (readonly [path: string, file: string])[] = [
  ['/', 'index.html'],
  ['/join', 'index.html'],
  ['/b/:board', 'board.html'],
  ['/b/:board/:view', 'board.html'],
];

/**
 * The built page. File names under `/assets/` contain a hash of the content, so browsers cache them forever.
 * Everything else is revalidated each time. A missing file falls through to `not-found`. A browser that navigates to an
 * unknown address gets the page, which says so in words.
 */
export function pageRoutes(root: string): Hono<AppEnv> {
  const files = serveStatic<AppEnv>({ root, precompressed: true });
  const page = (path: string) => serveStatic<AppEnv>({ root, path, precompressed: true });
  const app = new Hono<AppEnv>();
  app.get('/assets/*', cached('public, max-age=31536000, immutable'), files);
  for (const [path, file] of pages) app.get(path, cached('no-cache'), etag(), page(file));
  app.get('/:file{[A-Za-z0-9_-]+\\.[a-z0-9.]+}', cached('no-cache'), etag(), files);
  app.get('*', onlyForReaders(page('index.html')));
  return app;
}

/** Addresses for programs and scripts. Here an unknown address is answered with an error, not with the page. */
const forPrograms = /^\/(api|assets|sync|healthz|readyz|metrics)(\/|$)/;

/** Serves the page under an unknown address, as a 404 that is not cached. */
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
