import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Site } from '../access/origins.ts';
import type { AppEnv, Parts } from './parts.ts';
import { bindingsOf } from './parts.ts';

/**
 * The headers that keep the page to itself: no script, style or connection but our own, no frame around it,
 * and no address of it told to others. An upgrade is answered without them.
 */
export function securityHeaders({ site }: Parts): MiddlewareHandler<AppEnv> {
  let made: { readonly site: Site; readonly headers: MiddlewareHandler } | null = null;
  return (c, next) => {
    if (bindingsOf(c).upgrade) return next();
    const now = site();
    if (made?.site !== now) made = { site: now, headers: headersFor(now) };
    return made.headers(c, next);
  };
}

function headersFor({ url, secure }: Site): MiddlewareHandler {
  const self = "'self'";
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: [self],
      styleSrc: [self],
      imgSrc: [self, 'data:'],
      fontSrc: [self],
      // Older browsers do not count the socket of one's own origin as 'self'.
      connectSrc: [self, url.replace(/^http/, 'ws')],
      manifestSrc: [self],
      baseUri: ["'none'"],
      formAction: [self],
      frameAncestors: ["'none'"],
    },
    // Browsers take this from a secure origin only, and complain about it elsewhere.
    crossOriginOpenerPolicy: secure ? 'same-origin' : false,
    xFrameOptions: 'DENY',
    referrerPolicy: 'no-referrer',
    strictTransportSecurity: secure ? 'max-age=15552000' : false,
    permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
  });
}
