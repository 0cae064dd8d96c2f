import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Site } from '../access/origins.ts';
import type { AppEnv, Parts } from './parts.ts';
import { bindingsOf } from './parts.ts';

/**
 * Headers that isolate the page: only our own scripts, styles and connections, no embedding in frames, and no Referer
 * to other sites. Upgrades are answered without them.
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
      // In older browsers 'self' does not cover a WebSocket to the same origin.
      connectSrc: [self, url.replace(/^http/, 'ws')],
      manifestSrc: [self],
      baseUri: ["'none'"],
      formAction: [self],
      frameAncestors: ["'none'"],
    },
    // Browsers ignore this on an insecure origin, and log a warning.
    crossOriginOpenerPolicy: secure ? 'same-origin' : false,
    xFrameOptions: 'DENY',
    referrerPolicy: 'no-referrer',
    strictTransportSecurity: secure ? 'max-age=15552000' : false,
    permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
  });
}
