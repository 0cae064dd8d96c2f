import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxPresenceBytes } from '../../shared/limits.ts';
import { parseLook } from '../../shared/wire/look.ts';
import type { IdeasLook, MapLook } from '../../shared/wire/look.ts';
import { maxLookWords, maxLowered, mostInLook, parsePresence } from '../../shared/wire/presence.ts';
import { ReactionRate } from '../../shared/wire/reaction-rate.ts';

const id = (n = 0) => `abcdefghijkl${String(n).padStart(2, '0')}`;
const cell = { lane: id(1), phase: id(2), step: id(3) };

const mapLook: MapLook = {
  view: 'map',
  personas: Array.from({ length: mostInLook }, (_, n) => id(n)),
  unfolded: Array.from({ length: mostInLook }, (_, n) => `${id(n)}/${id(n)}/${id(n)}`),
  card: id(),
  cell,
  open: { kind: 'lane', type: 'emotion', phase: id(2) },
};
const ideasLook: IdeasLook = {
  view: 'ideas',
  shown: {
    sort: 'title',
    descending: false,
    group: 'phase',
    state: 'new',
    phase: id(),
    persona: id(),
    author: id(),
    card: id(),
    words: 'ж'.repeat(maxLookWords),
  },
  open: id(),
  idea: id(),
};

describe('a presence state', () => {
  test('without fields is one of a stock client: nothing is raised, done or pointed at', () => {
    expect(parsePresence({ person: 'ana' })).toMatchObject({
      look: null,
      hand: null,
      lowers: [],
      done: null,
      reaction: null,
      laser: false,
      mirrored: false,
    });
  });

  test('keeps what is valid if one of the new fields is not', () => {
    const bad = { hand: 'up', lowers: [{ person: 5 }], done: {}, reaction: 'heart', laser: 1, mirrored: [] };
    expect(parsePresence({ ...bad, view: 'map', person: 'ana' })).toMatchObject({
      view: 'map',
      person: 'ana',
      hand: null,
      lowers: [],
      done: null,
      reaction: null,
      laser: false,
      mirrored: false,
    });
  });

  test('any value of a new field leaves the others as they are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('look', 'hand', 'lowers', 'done', 'reaction', 'laser', 'mirrored'),
        fc.jsonValue(),
        (field, value) => {
          expect(parsePresence({ person: 'ana', view: 'map', [field]: value })?.view).toBe('map');
        },
      ),
    );
  });

  test('has room for the largest look, a caret and all marks', () => {
    const caret = 'x'.repeat(60);
    const rest = {
      view: 'map',
      at: { in: 'cards', id: id() },
      cell,
      follows: id(),
      typing: { in: 'cards', id: id(), field: 'text', anchor: caret, head: caret },
      hand: 123_456_789.5,
      lowers: Array.from({ length: maxLowered }, (_, n) => ({ person: id(n), hand: 123_456_789 })),
      done: id(),
      reaction: { kind: 'thumbs-up', n: 1_000 },
      laser: true,
      mirrored: true,
    };
    for (const look of [mapLook, ideasLook])
      expect(new TextEncoder().encode(JSON.stringify({ ...rest, look })).length).toBeLessThan(
        maxPresenceBytes,
      );
  });
});

describe('a look', () => {
  test('is parsed as it was sent', () => {
    for (const look of [mapLook, ideasLook])
      expect(parseLook(JSON.parse(JSON.stringify(look)))).toEqual(look);
  });

  test('that is too large, or of a view that this page lacks, is none', () => {
    const many = Array.from({ length: mostInLook + 1 }, (_, n) => id(n));
    for (const look of [
      null,
      'map',
      { view: 'board' },
      { ...mapLook, personas: many },
      { ...mapLook, cell: { lane: '<b>', phase: id(), step: null } },
      { ...ideasLook, shown: { ...ideasLook.shown, words: 'x'.repeat(maxLookWords + 1) } },
    ])
      expect(parseLook(look)).toBeNull();
  });
});

test('two reactions pass in any second', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), (waits) => {
      const rate = new ReactionRate(1_000);
      const passed: number[] = [];
      let now = 0;
      for (const wait of waits) {
        now += wait;
        if (rate.take(now)) passed.push(now);
      }
      for (const from of passed)
        expect(passed.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(2);
    }),
  );
});
