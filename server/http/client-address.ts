import type { Context } from 'hono';
import type { Config } from '../config.ts';
import type { AppEnv } from './parts.ts';
import { bindingsOf } from './parts.ts';

/**
 * The client address that rates are counted by. Behind a proxy (TRUST_PROXY) it is the first entry of X-Forwarded-For.
 * The proxy must therefore overwrite that header, not append to what the client sent.
 */
export function clientAddress(c: Context<AppEnv>, config: Config): string {
  if (config.trustProxy) {
    const first = c.req.header('x-forwarded-for')?.split(',')[0]?.trim();
    if (first) return first.slice(0, 64);
  }
  return bindingsOf(c).incoming?.socket.remoteAddress ?? 'unknown';
}
