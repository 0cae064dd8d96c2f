import type { Config } from '../config.ts';

/** The public address of this server, and the origins whose pages may use it. */
export interface Site {
  /** The public origin, without a trailing slash. */
  readonly url: string;
  readonly origins: ReadonlySet<string>;
  readonly secure: boolean;
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The site that a configuration describes. `port` is the port that the server really listens on. It differs from the
 * configured port if that is 0.
 */
export function siteOf(config: Config, port: number): Site {
  const url = new URL(config.publicUrl ?? `http://${publicHost(config.host)}:${port}`);
  const origins = new Set([url.origin, ...config.allowedOrigins]);
  // People type localhost as well as 127.0.0.1, and for a browser these are two origins.
  if (loopback.has(url.hostname)) {
    origins.add(`http://127.0.0.1:${port}`);
    origins.add(`http://localhost:${port}`);
  }
  return { url: url.origin, origins, secure: url.protocol === 'https:' };
}

/**
 * True if a page from `origin` may use this server. Compares with the configuration, never with the request's Host
 * header, because an attacker's name server can make that match.
 */
export function isAllowed(site: Site, origin: string): boolean {
  return site.origins.has(origin);
}

function publicHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
