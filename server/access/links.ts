import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isId, newId } from '../../shared/id.ts';
import type { Role } from '../../shared/roles.ts';
import type { LinkRecord } from '../store/contract.ts';
import type { Site } from './origins.ts';

/**
 * A new link. Its secret is `<board>.<24 random bytes, base64url>`. The first half finds the board without a search.
 * The server keeps only a hash of the whole.
 */
export interface NewLink {
  readonly secret: string;
  readonly record: LinkRecord;
}

/** A secret that has the right form. It may still open nothing. */
export interface LinkSecret {
  readonly board: string;
  readonly secret: string;
}

/** Makes a link for a role. The secret is available only now. `now`: milliseconds since 1970. */
export function makeLink(board: string, role: Role, now: number): NewLink {
  return linkOf(newId(), board, role, randomBytes(24), now);
}

/**
 * The demo board's link for a role. It is derived, so that it is the same at every start although only its hash is
 * kept.
 */
export function demoLink(installation: Uint8Array, board: string, role: Role, now: number): NewLink {
  const derived = createHmac('sha256', installation).update(`demo-link\0${board}\0${role}`).digest();
  return linkOf(`demo-${role}`, board, role, derived.subarray(0, 24), now);
}

/**
 * The address to share. The secret is in the fragment, which browsers do not send to servers, so that it appears in no
 * log and no Referer header.
 */
export function linkUrl(site: Site, secret: string): string {
  return `${site.url}/join#${secret}`;
}

/** Extracts the secret from what a person pasted: a whole link or the bare secret. Null if it is neither. */
export function parseLink(text: string): LinkSecret | null {
  const secret = text.slice(text.lastIndexOf('#') + 1).trim();
  const [board, key, ...more] = secret.split('.');
  if (!isId(board) || key === undefined || more.length > 0) return null;
  return /^[A-Za-z0-9_-]{32}$/.test(key) ? { board, secret } : null;
}

/** The link that a secret belongs to, revoked or not; null if it belongs to none. */
export function findLink(links: readonly LinkRecord[], secret: string): LinkRecord | null {
  const hash = createHash('sha256').update(secret).digest();
  let found: LinkRecord | null = null;
  for (const link of links) {
    const stored = Buffer.from(link.hash, 'base64url');
    if (stored.length === hash.length && timingSafeEqual(stored, hash)) found = link;
  }
  return found;
}

function linkOf(id: string, board: string, role: Role, key: Uint8Array, now: number): NewLink {
  const secret = `${board}.${Buffer.from(key).toString('base64url')}`;
  const hash = createHash('sha256').update(secret).digest('base64url');
  return { secret, record: { id, role, hash, createdAt: now, revokedAt: null } };
}
