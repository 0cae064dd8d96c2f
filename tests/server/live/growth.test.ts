import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard, moveCards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { openRoots } from '../../../shared/documents.ts';
import { rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { PlainEditor } from '../../../shared/schema/editor.ts';
import { dissect } from '../../../server/live/guard/changes.ts';
import { clientBytes } from '../../../server/live/guard/growth.ts';
import { Roots } from '../../../server/live/guard/type-paths.ts';
import { Refused } from '../../../server/live/guard/refused.ts';
import type { HandStruct } from './hand-update.ts';
import { handUpdate } from './hand-update.ts';
import { Scribes, seeded } from './random-yjs.ts';

const cell = { lane: 'lane00000000', phase: 'phase0000000', step: null };

/** A document with its growth as the guard estimates it, and its actual growth. */
class Weighed {
  readonly doc = new Y.Doc();
  reckoned = 0;
  /** Bytes of all updates. */
  sent = 0;
  readonly #roots = new Roots(this.doc);
  readonly #before: number;

  constructor(state?: Uint8Array) {
    openRoots(this.doc);
    if (state) Y.applyUpdate(this.doc, state);
    this.#before = this.#size;
  }

  get grown(): number {
    return this.#size - this.#before;
  }

  take(update: Uint8Array): void {
    let clients = 0;
    const listener = { writer: (id: number) => (clients += known.has(id) ? 0 : 1), change: () => undefined };
    const known = this.doc.store.clients;
    const { growth } = dissect(this.doc.store, this.#roots, update, listener);
    this.reckoned += growth + clients * clientBytes;
    this.sent += update.length;
    Y.applyUpdate(this.doc, update);
  }

  get #size(): number {
    return Y.encodeStateAsUpdate(this.doc).length;
  }
}

/** A person with a separate page, whose edits go to a measured document. */
function writer(at: Weighed, client: number): PlainEditor {
  const doc = new Y.Doc();
  openRoots(doc);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(at.doc), 'server');
  doc.clientID = client;
  at.doc.on('update', (update: Uint8Array) => Y.applyUpdate(doc, update, 'server'));
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'server') at.take(update);
  });
  return new PlainEditor(doc, `person-${client}`);
}

describe('G21 the estimated growth', { timeout: 30_000 }, () => {
  test('G21 is at least the actual growth by random updates of real Yjs, and not much more', () => {
    let [reckoned, grown] = [0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const at = new Weighed();
      for (const update of new Scribes(seed).updates(40)) {
        try {
          at.take(update);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
        }
      }
      expect(at.reckoned, `seed ${seed}`).toBeGreaterThan(at.grown * 0.8);
      reckoned += at.reckoned;
      grown += at.grown;
    }
    expect(grown).toBeGreaterThan(50_000);
    expect(reckoned).toBeGreaterThan(grown);
    expect(reckoned).toBeLessThan(grown * 4);
  });

  test('G21 of a day of typing, character by character with corrections, is little more than the characters', () => {
    const at = new Weighed();
    const ana = writer(at, 1_000_000);
    const random = seeded(1);
    let typed = 0;
    for (let n = 0; n < 20; n++) {
      const card = addCard(ana, cell);
      const text = textOf(ana.doc, cards, card, 'text');
      for (let i = 0; text && i < 400; i++) {
        if (random() < 0.1 && text.length > 0) text.delete(text.length - 1, 1);
        else text.insert(text.length, 'x');
        typed++;
      }
    }
    expect(at.reckoned).toBeGreaterThan(at.grown);
    expect(at.reckoned).toBeLessThan(at.grown + 3 * typed);
    expect(at.reckoned).toBeLessThan(at.sent / 3);
  });

  test('G21 of moving cards is what remains of the moves, without earlier positions', () => {
    const at = new Weighed();
    const people = [1_000_001, 1_000_002, 1_000_003].map((client) => writer(at, client));
    const ids = people.map((one) => addCard(one, cell, { text: 'a card' }));
    const [before, grown] = [at.reckoned, at.grown];
    const random = seeded(2);
    for (let i = 0; i < 3_000; i++) {
      const [who, which] = [people[Math.floor(random() * 3)], ids[Math.floor(random() * 3)]];
      if (who && which) moveCards(who, [which], { ...cell, lane: `lane${i % 7}` });
    }
    expect(at.reckoned - before).toBeGreaterThan(at.grown - grown);
    expect(at.reckoned - before).toBeLessThan((at.grown - grown) * 2.5);
    expect(at.reckoned - before).toBeLessThan(at.sent / 3);
  });

  test('G21 of reconnecting with nothing new is 0', () => {
    const at = new Weighed();
    const ana = writer(at, 1_000_004);
    const card = addCard(ana, cell, { text: 'some words of a card' });
    textOf(ana.doc, cards, card, 'text')?.delete(3, 5);
    const { reckoned } = at;
    at.take(Y.encodeStateAsUpdate(ana.doc));
    expect(at.reckoned).toBe(reckoned);
  });

  describe('G21 includes everything that an attacker can make permanent', () => {
    const page = new Y.Doc();
    page.clientID = 5;
    rootOf(page, cards).set('a', buildRecord(cards, { text: 'x'.repeat(4_000), evidence: 'data' }));
    const state = Y.encodeStateAsUpdate(page);
    const first = textOf(page, cards, 'a', 'text')?._start?.id.clock ?? 0;
    const record = storedRecord(page, cards, 'a')?._item?.id.clock ?? 0;
    const at = (clock: number) => ({ client: 5, clock });
    const many = <T>(count: number, one: (i: number) => T) => Array.from({ length: count }, (_, i) => one(i));
    const under = (client: number, structs: HandStruct[], clock = 0) =>
      handUpdate([{ client, clock, structs }]);

    test.each<[string, () => Uint8Array[]]>([
      [
        'client ids with one collected struct each',
        () => many(2_000, (i) => under(10_000 + i, [{ content: { gc: 1 } }])),
      ],
      [
        'deletes of every other character',
        () => many(2_000, (i) => handUpdate([], [{ ...at(first + 2 * i), length: 1 }])),
      ],
      [
        'characters between characters',
        () =>
          many(1_999, (i) =>
            under(
              9,
              [{ origin: at(first + i), rightOrigin: at(first + i + 1), content: { string: 'y' } }],
              i,
            ),
          ),
      ],
      [
        'characters with different right neighbours, so that none merge',
        () =>
          many(1_000, (i) =>
            under(
              9,
              [
                i === 0
                  ? { origin: at(first), rightOrigin: at(first + 1), content: { string: 'y' } }
                  : {
                      origin: { client: 9, clock: i - 1 },
                      rightOrigin: at(first + 1 + (i % 2)),
                      content: { string: 'y' },
                    },
              ],
              i,
            ),
          ),
      ],
      ['two values set alternately', () => many(1_000, (i) => turns(i))],
      [
        'growing values',
        () =>
          many(12, (i) =>
            under(20 + i, [
              {
                parent: at(record),
                key: 'place',
                content: { any: [{ lane: 'l'.repeat(5 * i), phase: '', step: null, order: 'a' }] },
              },
            ]),
          ),
      ],
      [
        'characters of three bytes',
        () => [
          under(9, [
            { origin: at(first), rightOrigin: at(first + 1), content: { string: '数'.repeat(1_000) } },
          ]),
        ],
      ],
      [
        'items deleted before they were sent',
        () => many(1_000, (i) => under(9, [{ origin: at(first + (i % 50)), content: { deleted: 1 } }], i)),
      ],
      [
        'members of a set',
        () => [
          under(
            9,
            many(200, (i) => ({ parent: at(personas(page)), key: `member${i}`, content: { any: [true] } })),
          ),
        ],
      ],
    ])('G21 the growth by %s is not underestimated', (_, updates) => {
      const weighed = new Weighed(state);
      for (const update of updates()) weighed.take(update);
      expect(weighed.grown).toBeGreaterThan(100);
      expect(weighed.reckoned).toBeGreaterThan(weighed.grown * 0.9);
    });

    /** Two fields of one card, set alternately by one client: overwritten values never merge. */
    function turns(i: number): Uint8Array {
      const key = i % 2 === 0 ? 'mode' : 'support';
      const struct: HandStruct =
        i < 2
          ? { parent: at(record), key, content: { any: [null] } }
          : { origin: { client: 9, clock: i - 2 }, content: { any: [null] } };
      return under(9, [struct], i);
    }
  });
});

function personas(doc: Y.Doc): number {
  const set = storedRecord(doc, cards, 'a')?.get('personas');
  return set instanceof Y.Map ? (set._item?.id.clock ?? 0) : 0;
}
