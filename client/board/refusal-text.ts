import { t } from '../text/messages.svelte.ts';
import type { Lost, RefusedWhy } from '../model/sync/lost.ts';

const mebibyte = 1 << 20;

/** Tells a person why the server refused their change. */
export function refusalText(why: RefusedWhy, exceeded: Lost['exceeded']): string {
  if (!exceeded) return t(`refusal.${why}`);
  const { of, limit } = exceeded;
  const what = t(`allowance.${of}`, { count: of === 'bytes' ? Math.floor(limit / mebibyte) : limit });
  return t(`refusal.allowance.${exceeded.for}`, { what });
}
