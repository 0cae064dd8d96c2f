import { expect, test } from 'vitest';
import { handsIn, loweredIn, lowersWith, raisedNow } from '../../client/board/together/hands.ts';

type Seen = Parameters<typeof handsIn>[0];

/** Others on the board: the hand of each, and what each has lowered. */
function room(people: Record<string, { hand?: number; lowers?: readonly [string, number][] }>): Seen {
  return new Map(
    Object.entries(people).map(([person, { hand, lowers = [] }]) => [
      person,
      { hand: hand ?? null, lowers: lowers.map(([whose, at]) => ({ person: whose, hand: at })) },
    ]),
  );
}

test('hands are in the order in which they were raised, the own one among them', () => {
  const before = room({ ben: { hand: 200 }, cleo: { hand: 100 }, dan: {} });
  expect(handsIn(before, null)).toEqual(['cleo', 'ben']);
  const own = { person: 'ana', at: raisedNow(before) };
  expect(handsIn(before, own)).toEqual(['cleo', 'ben', 'ana']);
  expect(handsIn(room({ ben: { hand: 200 }, dan: { hand: 300 } }), own)).toEqual(['ben', 'ana', 'dan']);
  expect(handsIn(room({ dan: { hand: 300 } }), { person: 'ana', at: raisedNow(room({})) })).toEqual([
    'ana',
    'dan',
  ]);
});

test('a hand that a facilitator has lowered is down on every page, a new one is up', () => {
  const lowered = { maja: { lowers: [['ben', 200]] as [string, number][] } };
  expect(handsIn(room({ ...lowered, ben: { hand: 200 } }), null)).toEqual([]);
  expect(handsIn(room({ ...lowered, ben: { hand: 300 } }), null)).toEqual(['ben']);
  expect([...loweredIn(room(lowered)).values()]).toEqual(['maja']);
});

test('a page forgets the hands that it has lowered once they are down', () => {
  const lowers = [
    { person: 'ben', hand: 200 },
    { person: 'cleo', hand: 100 },
  ];
  expect(lowersWith(lowers, room({ ben: { hand: 200 }, cleo: {} }), null)).toEqual([lowers[0]]);
  const more = Array.from({ length: 20 }, (_, n) => ({ person: `p${n}`, hand: n + 1 }));
  const all = room(Object.fromEntries(more.map(({ person, hand }) => [person, { hand }])));
  expect(lowersWith(more, all, { person: 'x', hand: 1 })).toHaveLength(8);
});
