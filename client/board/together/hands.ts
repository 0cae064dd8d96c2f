import type { LoweredHand, Presence } from '$shared/wire/presence.ts';
import { maxLowered } from '$shared/wire/presence.ts';

type Where = ReadonlyMap<string, Pick<Presence, 'hand' | 'lowers'>>;

/** An own hand; `at` is where it comes among those of others, which have the server's stamps. */
export interface OwnHand {
  readonly person: string;
  readonly at: number;
}

/** The people whose hands are up, the first to raise first. A hand that somebody has lowered does not count. */
export function handsIn(where: Where, own: OwnHand | null): readonly string[] {
  const lowered = loweredIn(where);
  const hands = new Map<string, number>();
  for (const [person, { hand }] of where)
    if (hand !== null && !lowered.has(keyOf({ person, hand }))) hands.set(person, hand);
  if (own) hands.set(own.person, Math.min(own.at, hands.get(own.person) ?? Infinity));
  return [...hands].sort(([a, at], [b, bt]) => at - bt || (a < b ? -1 : 1)).map(([person]) => person);
}

/**
 * Where a hand that is raised now comes: after all that are up. The server does not tell a page the stamp of its own
 * hand, but stamps every later one higher.
 */
export function raisedNow(where: Where): number {
  return Math.max(0, ...[...where.values()].map(({ hand }) => hand ?? 0)) + 0.5;
}

/** Hands that somebody has lowered, as keys. The server lets only those pass who may. */
export function loweredIn(where: Where): ReadonlyMap<string, string> {
  const lowered = new Map<string, string>();
  for (const [by, { lowers }] of where) for (const one of lowers) lowered.set(keyOf(one), by);
  return lowered;
}

export const keyOf = ({ person, hand }: LoweredHand): string => `${person} ${hand}`;

/** The hands that this page says are lowered: those of before that are still up elsewhere, and one more. */
export function lowersWith(
  before: readonly LoweredHand[],
  where: Where,
  more: LoweredHand | null,
): readonly LoweredHand[] {
  const still = before.filter(({ person, hand }) => where.get(person)?.hand === hand);
  return [...still, ...(more ? [more] : [])].slice(-maxLowered);
}
