import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a key is the right one. Hashed before they are compared, so that neither time nor length tells of it. */
export function isKey(given: string | null, key: string | null): boolean {
  if (given === null || key === null) return false;
  return timingSafeEqual(digest(given), digest(key));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
