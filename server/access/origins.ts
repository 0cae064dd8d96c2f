import type { Config } from '../config.ts';

/** Where people reach this server, and which pages' scripts may speak to it. */
export interface Site {
  /** The public origin, without a slash at its end. */
  readonly url: string;
  readonly origins: ReadonlySet<string>;
  readonly secure: boolean;
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The site that a configuration describes. `port` is the one really listened on, which differs from the
 * configured one when that is 0.
 */
export function siteOf(config: Config, port: number): Site {
  const url = new URL(config.publicUrl ?? `http://${publicHost(config.host)}:${port}`);
  const origins = new Set([url.origin, ...config.allowedOrigins]);
  // One types localhost as readily as 127.0.0.1, and to a browser they are two origins.
  if (loopback.has(url.hostname)) {
    origins.add(`http://127.0.0.1:${port}`);
    origins.add(`http://localhost:${port}`);
  }
  return { url: url.origin, origins, secure: url.protocol === 'https:' };
}

/**
 * Whether a browser's page from `origin` may come in. It is checked against what was configured and never
 * against the request's own Host, which an attacker's name server can make agree with anything.
 */
export function isAllowed(site: Site, origin: string): boolean {
  return site.origins.has(origin);
}

function publicHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
