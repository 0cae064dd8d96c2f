import type { Ordered, Placing } from './order-key.ts';
import { byOrder, keysBetween, placeAmong } from './order-key.ts';

/** The two records between which new ones go; null is an end. */
export interface Gap {
  readonly after: string | null;
  readonly before: string | null;
}

/**
 * Returns order keys for `count` records in a gap. `orderOf` reads the key of one record. `siblings` gathers all
 * siblings of the new records, and is called only if the gap has no keys left.
 */
export function placeInGap(
  gap: Gap,
  count: number,
  orderOf: (id: string) => string | null,
  siblings: () => readonly Ordered[],
): Placing {
  const [after, before] = [gap.after, gap.before].map((id) => (id === null ? null : orderOf(id)));
  const keys = keysBetween(after ?? null, before ?? null, count);
  if (keys) return { keys, shifted: [] };
  const all = siblings().toSorted(byOrder);
  const last = all.findIndex(({ id }) => id === gap.after);
  const next = all.findIndex(({ id }) => id === gap.before);
  return placeAmong(all, last >= 0 ? last + 1 : next >= 0 ? next : all.length, count);
}

/** Order keys for `count` records after all their siblings. */
export function placeAtEnd(count: number, siblings: readonly Ordered[]): Placing {
  return placeAmong(siblings.toSorted(byOrder), siblings.length, count);
}

/** The key of a placing for one record. */
export function onlyKey({ keys }: Placing): string {
  const [key] = keys;
  if (key === undefined) throw new Error('no order key');
  return key;
}
