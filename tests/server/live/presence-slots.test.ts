import { describe, expect, test } from 'vitest';
import { classify } from '../../../server/live/presence/slots.ts';

/** Ana's two sockets, and Ben's. */
const of = (person: string) => ({ membership: { person } });
const [tab, otherTab, bens] = [of('ana'), of('ana'), of('ben')];
const stopGrace = () => undefined;

/** Ana's client id at clock 5: held by her tab, waiting for a broken tab to return, departed, or unknown. */
const known = {
  held: { slot: { connection: tab, person: 'ana', clock: 5, stopGrace: null } },
  awaited: { slot: { connection: otherTab, person: 'ana', clock: 5, stopGrace } },
  departed: { departed: { person: 'ana', clock: 5 } },
  unknown: {},
};

describe('P1 P3 P6 P7 the kind of a presence entry', () => {
  test.each([
    // What the room knows, who sends the entry: a state with an older, the same or a newer clock, then a farewell.
    ['held', tab, ['echo', 'echo', 'own'], ['own', 'own', 'own']],
    ['held', otherTab, ['echo', 'echo', 'return'], ['echo', 'echo', 'foreign']],
    ['held', bens, ['echo', 'echo', 'foreign'], ['echo', 'echo', 'foreign']],
    ['awaited', tab, ['echo', 'return', 'return'], ['echo', 'foreign', 'foreign']],
    ['awaited', bens, ['echo', 'foreign', 'foreign'], ['echo', 'foreign', 'foreign']],
    ['departed', tab, ['return', 'return', 'return'], ['foreign', 'foreign', 'foreign']],
    ['departed', bens, ['foreign', 'foreign', 'foreign'], ['foreign', 'foreign', 'foreign']],
    ['unknown', tab, ['new', 'new', 'new'], ['foreign', 'foreign', 'foreign']],
  ] as const)('%s, from %j: state %j, farewell %j', (state, from, states, farewells) => {
    const { slot, departed } = { slot: undefined, departed: undefined, ...known[state] };
    const kinds = (isFarewell: boolean) =>
      [4, 5, 6].map((clock) => classify(slot, departed, from, clock, isFarewell));
    expect(kinds(false)).toEqual(states);
    expect(kinds(true)).toEqual(farewells);
  });
});
