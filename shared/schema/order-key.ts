import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import { maxNewOrderKey } from '../limits.ts';

/** Rounds of halving the gap at random: 8 possible keys, so that two people rarely pick the same one. */
const jitterRounds = 3;

/**
 * Maximum number of neighbours that get new keys at once. Beyond it, one insertion would cost as much as a large
 * command.
 */
const mostShifted = 200;

/** A record among its siblings: the fields that decide its place. */
export interface Ordered {
  readonly id: string;
  readonly order: string;
}

/** The places of new records: a key for each, and new keys for neighbours that must make room. */
export interface Placing {
  readonly keys: readonly string[];
  readonly shifted: readonly Ordered[];
}

/**
 * Returns `count` keys in rising order that sort (by code unit) after `before` and before `after`; null is the open
 * end. Two people who insert into one gap almost always get different keys. Equal keys are ordered by id. Returns null
 * if the gap has no keys of at most `maxNewOrderKey` characters, or if one of its ends is not a valid key.
 */
export function keysBetween(
  before: string | null,
  after: string | null,
  count: number,
  random: () => number = Math.random,
): readonly string[] | null {
  let low = before;
  let high = after;
  try {
    for (let round = 0; round < jitterRounds; round++) {
      const middle = generateKeyBetween(low, high);
      if (random() < 0.5) low = middle;
      else high = middle;
    }
    const keys = generateNKeysBetween(low, high, count);
    return areSound(keys, before, after) ? keys : null;
  } catch {
    return null;
  }
}

/**
 * Returns keys for `count` new records before index `at` of `siblings`, which are sorted by `byOrder`. If the gap has
 * no keys left, the nearest neighbours get new keys too: as few as possible, and at most 200. If even that is not
 * enough, the new records go to the nearest gap with room, so that a person can always place a card.
 */
export function placeAmong(
  siblings: readonly Ordered[],
  at: number,
  count: number,
  random: () => number = Math.random,
): Placing {
  for (let spread = 0; spread <= mostShifted / 2; spread = spread * 2 || spread + 1) {
    const from = Math.max(0, at - spread);
    const to = Math.min(siblings.length, at + spread);
    const keys = between(siblings, from, to, to - from + count, random);
    if (!keys) continue;
    const neighbours = siblings.slice(from, to);
    const free = [...keys];
    const own = free.splice(at - from, count);
    return { keys: own, shifted: neighbours.map(({ id }, index) => ({ id, order: free[index] ?? '' })) };
  }
  for (let distance = 1; distance <= siblings.length; distance++) {
    for (const index of [at - distance, at + distance]) {
      if (index < 0 || index > siblings.length) continue;
      const keys = between(siblings, index, index, count, random);
      if (keys) return { keys, shifted: [] };
    }
  }
  return { keys: orderRun(count), shifted: [] };
}

/** Returns `count` keys in rising order, for a list created at once (a template). */
export function orderRun(count: number): string[] {
  const keys: string[] = [];
  for (let i = 0; i < count; i++) keys.push(generateKeyBetween(keys.at(-1) ?? null, null));
  return keys;
}

/** Sorts by order key, then by id, so that every screen agrees on the order. */
export function byOrder(a: Ordered, b: Ordered): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Keys between the siblings at index `from - 1` and index `to`. */
function between(
  siblings: readonly Ordered[],
  from: number,
  to: number,
  count: number,
  random: () => number,
): readonly string[] | null {
  return keysBetween(siblings[from - 1]?.order ?? null, siblings[to]?.order ?? null, count, random);
}

/** The library checks only the heads of keys. With other characters in a key, its results may sort anywhere. */
function areSound(keys: readonly string[], before: string | null, after: string | null): boolean {
  let last = before;
  for (const key of keys) {
    if (key.length > maxNewOrderKey || (last !== null && key <= last)) return false;
    last = key;
  }
  return after === null || last === null || last < after;
}
