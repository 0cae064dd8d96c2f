import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';

/** Rounds of halving the gap at random: 8 places to land on, so that two people rarely pick one. */
const jitterRounds = 3;

/**
 * A key that sorts (by code unit) after `before` and before `after`; null is the open end.
 * Two people who insert in one gap get different keys nearly always; equal keys are ordered by id.
 * A key that is no valid order key (an outsider wrote it) counts as the open end, so that a person
 * can always place a card.
 */
export function orderBetween(
  before: string | null,
  after: string | null,
  random: () => number = Math.random,
): string {
  let low = before;
  let high = after;
  if (low !== null && high !== null && low >= high) high = null;
  try {
    for (let round = 0; round < jitterRounds; round++) {
      const middle = generateKeyBetween(low, high);
      if (random() < 0.5) low = middle;
      else high = middle;
    }
    return generateKeyBetween(low, high);
  } catch {
    return low === null && high === null ? 'a0' : orderBetween(valid(before), valid(after), random);
  }
}

/**
 * `count` keys in rising order for things that go to one place together, after `before` and before `after`. The
 * length of the keys grows with the logarithm of the count, while keys that are each put after the last grow
 * with the count.
 */
export function ordersBetween(
  before: string | null,
  after: string | null,
  count: number,
  random: () => number = Math.random,
): string[] {
  // What `orderBetween` puts on either side are valid keys, and two people who do so at once rarely share them.
  const low = orderBetween(before, after, random);
  if (count < 2) return count < 1 ? [] : [low];
  const end = after !== null && low < after ? orderBetween(low, after, random) : null;
  return [low, ...generateNKeysBetween(low, end, count - 1)];
}

/** `count` keys in rising order for a list made at once (a template). */
export function orderRun(count: number): string[] {
  const keys: string[] = [];
  for (let i = 0; i < count; i++) keys.push(generateKeyBetween(keys.at(-1) ?? null, null));
  return keys;
}

/** Sorts by order key, then by id: the one order that every screen agrees on. */
export function byOrder(a: { order: string; id: string }, b: { order: string; id: string }): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function valid(key: string | null): string | null {
  try {
    generateKeyBetween(key, null);
    return key;
  } catch {
    return null;
  }
}
