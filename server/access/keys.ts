import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Compares two keys by their hashes, so that neither the time nor the length reveals anything. False if either is null.
 */
export function isKey(given: string | null, key: string | null): boolean {
  if (given === null || key === null) return false;
  return timingSafeEqual(digest(given), digest(key));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
