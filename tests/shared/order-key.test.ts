import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard, moveCards } from '../../shared/collections/card.ts';
import { lanes, addLane, moveLane } from '../../shared/collections/lane.ts';
import { personas, addPersona } from '../../shared/collections/persona.ts';
import { phases, steps, addPhase, addStep, movePhase, moveStep } from '../../shared/collections/phase.ts';
import { buildRecord } from '../../shared/schema/collection.ts';
import { openRoots } from '../../shared/documents.ts';
import { readAll, readRecord, rootOf } from '../../shared/schema/read.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import { maxNewOrderKey, maxOrderKey } from '../../shared/limits.ts';
import type { Ordered } from '../../shared/schema/order-key.ts';
import { byOrder, keysBetween, orderRun, placeAmong } from '../../shared/schema/order-key.ts';

/** The last of all keys within the limit: every key after it is longer. */
const longest = 'z'.repeat(maxOrderKey);
const cell = { lane: 'l', phase: 'p', step: null };

function ana(): PlainEditor {
  const doc = new Y.Doc();
  openRoots(doc);
  return new PlainEditor(doc, 'ana');
}

/** A card as a program that ignores the limits may have written it. */
function putCard(editor: PlainEditor, id: string, order: string): void {
  rootOf(editor.doc, cards).set(id, buildRecord(cards, { text: id, place: { ...cell, order } }));
}

const stack = (editor: PlainEditor): string[] =>
  readAll(editor.doc, cards)
    .map(({ id, place, text }) => ({ id, order: place.order, text }))
    .sort(byOrder)
    .map(({ text }) => text);

describe('a card with the longest order key', () => {
  test('gets a shorter key when a card is added after it, in the same command', () => {
    const editor = ana();
    addCard(editor, cell, { text: 'first' });
    putCard(editor, 'long', longest);
    for (const text of ['second', 'third', 'fourth']) {
      const all = readAll(editor.doc, cards).map(({ id, place }) => ({ id, order: place.order }));
      const after = all.sort(byOrder).at(-1)?.id ?? null;
      addCard(editor, cell, { text, gap: { after, before: null } });
    }
    addCard(editor, cell, { text: 'fifth' });
    expect(stack(editor)).toEqual(['first', 'long', 'second', 'third', 'fourth', 'fifth']);
    for (const { place } of readAll(editor.doc, cards)) {
      expect(place.order.length).toBeLessThanOrEqual(maxNewOrderKey);
    }
  });

  test('gets a shorter key when a card moves after it, or between two with the same key', () => {
    const editor = ana();
    const moved = addCard(editor, cell, { text: 'moved' });
    for (const id of ['a', 'b', 'c']) putCard(editor, id, longest);
    moveCards(editor, [moved], cell, { after: 'b', before: 'c' });
    expect(stack(editor)).toEqual(['a', 'b', 'moved', 'c']);
    moveCards(editor, [moved], cell, { after: 'c', before: null });
    expect(stack(editor)).toEqual(['a', 'b', 'c', 'moved']);
  });

  test('is handled even if its key has invalid characters', () => {
    const editor = ana();
    putCard(editor, 'tilde', '~~~');
    putCard(editor, 'empty', '');
    addCard(editor, cell, { text: 'between', gap: { after: 'empty', before: 'tilde' } });
    addCard(editor, cell, { text: 'last', gap: { after: 'tilde', before: null } });
    expect(stack(editor)).toEqual(['empty', 'between', 'tilde', 'last']);
  });
});

test('phases, steps, lanes and personas also get shorter keys', () => {
  const editor = ana();
  const { doc } = editor;
  rootOf(doc, phases).set('p', buildRecord(phases, { place: { period: 'before', order: longest } }));
  rootOf(doc, steps).set('s', buildRecord(steps, { place: { phase: 'p', order: longest } }));
  rootOf(doc, lanes).set('l', buildRecord(lanes, { order: longest }));
  rootOf(doc, personas).set('x', buildRecord(personas, { order: longest }));
  const phase = addPhase(editor, 'before', 'Next', { after: 'p', before: null });
  const step = addStep(editor, 'p', 'Next', { after: 's', before: null });
  const lane = addLane(
    editor,
    { title: 'Next', type: 'text', group: 'customer' },
    { after: 'l', before: null },
  );
  addPersona(editor, 'Next');
  const phaseOrder = (id: string) => readRecord(doc, phases, id)?.place.order ?? '';
  const stepOrder = (id: string) => readRecord(doc, steps, id)?.place.order ?? '';
  const laneOrder = (id: string) => readRecord(doc, lanes, id)?.order ?? '';
  expect([phaseOrder('p') < phaseOrder(phase), phaseOrder(phase).length < 10]).toEqual([true, true]);
  expect([stepOrder('s') < stepOrder(step), stepOrder(step).length < 10]).toEqual([true, true]);
  expect([laneOrder('l') < laneOrder(lane), laneOrder(lane).length < 10]).toEqual([true, true]);
  expect(
    readAll(doc, personas)
      .sort(byOrder)
      .map(({ name }) => name),
  ).toEqual(['', 'Next']);

  rootOf(doc, phases).set('q', buildRecord(phases, { place: { period: 'after', order: longest } }));
  rootOf(doc, steps).set('t', buildRecord(steps, { place: { phase: phase, order: longest } }));
  rootOf(doc, lanes).set('m', buildRecord(lanes, { order: longest }));
  movePhase(editor, phase, 'after', { after: 'q', before: null });
  moveStep(editor, step, phase, { after: 't', before: null });
  moveLane(editor, lane, { after: 'm', before: null });
  expect(phaseOrder('q') < phaseOrder(phase)).toBe(true);
  expect(stepOrder('t') < stepOrder(step)).toBe(true);
  expect(laneOrder('m') < laneOrder(lane)).toBe(true);
});

test('a thousand cards moved into one gap keep short keys, in the given order', () => {
  const editor = ana();
  putCard(editor, 'a', 'a0');
  putCard(editor, 'b', 'a0V');
  const ids = Array.from({ length: 1_000 }, (_, index) => `card${String(index).padStart(4, '0')}`);
  for (const id of ids) rootOf(editor.doc, cards).set(id, buildRecord(cards, { text: id }));
  moveCards(editor, ids, cell, { after: 'a', before: 'b' });
  expect(stack(editor)).toEqual(['a', ...ids, 'b']);
  const longestMade = Math.max(...readAll(editor.doc, cards).map(({ place }) => place.order.length));
  expect(longestMade).toBeLessThan(10);
});

test('two thousand inserts at one place stay in order and within the limit', () => {
  const editor = ana();
  putCard(editor, 'a', 'a0');
  putCard(editor, 'b', 'a1');
  let before = 'b';
  const added: string[] = [];
  for (let index = 0; index < 2_000; index++) {
    before = addCard(editor, cell, { text: String(index), gap: { after: 'a', before } });
    added.unshift(String(index));
  }
  expect(stack(editor)).toEqual(['a', ...added, 'b']);
  for (const { place } of readAll(editor.doc, cards)) {
    expect(place.order.length).toBeLessThanOrEqual(maxNewOrderKey);
  }
});

describe('for any keys of the siblings', () => {
  const order = fc.oneof(
    fc.constantFrom('', 'a0', 'a0V', 'a1', 'Zz', '~', 'a00', longest, 'A'.padEnd(27, '0')),
    fc.string({ unit: fc.constantFrom('0', 'V', 'z', 'a', 'Z', 'b'), maxLength: 12 }),
    fc.integer({ min: 1, max: maxOrderKey }).map((length) => 'z'.repeat(length)),
  );
  const siblings = fc
    .array(order, { maxLength: 12 })
    .map((keys): Ordered[] => keys.map((key, index) => ({ id: `s${index}`, order: key })).sort(byOrder));

  test('new records are placed exactly where requested, with keys within the limit', () => {
    fc.assert(
      fc.property(siblings, fc.nat(12), fc.integer({ min: 1, max: 5 }), (list, place, count) => {
        const at = Math.min(place, list.length);
        const { keys, shifted } = placeAmong(list, at, count);
        const moved = new Map(shifted.map(({ id, order }) => [id, order]));
        const now = list.map(({ id, order }) => ({ id, order: moved.get(id) ?? order }));
        const added = keys.map((order, index) => ({ id: `new${index}`, order }));
        const expected = [...now.slice(0, at), ...added, ...now.slice(at)];
        expect([...expected].sort(byOrder)).toEqual(expected);
        for (const key of [...keys, ...moved.values()]) {
          expect(key.length).toBeLessThanOrEqual(maxNewOrderKey);
        }
      }),
    );
  });
});

test('if too many neighbours would have to move, a card goes to the nearest gap with room', () => {
  const list = Array.from({ length: 500 }, (_, index) => ({
    id: `s${String(index).padStart(3, '0')}`,
    order: longest,
  }));
  const { keys, shifted } = placeAmong(list, 250, 1);
  expect(shifted).toEqual([]);
  expect(keys).toHaveLength(1);
  expect((keys[0] ?? longest) < longest).toBe(true);
});

test('two people who insert into one gap rarely get the same key', () => {
  const made = new Set(Array.from({ length: 64 }, () => keysBetween('a0', 'a1', 1)?.[0]));
  expect(made.size).toBeGreaterThan(4);
});

describe('keys between two others', () => {
  test('are ascending and strictly between the two, also at an open end', () => {
    for (const [before, after] of [
      [null, null],
      [null, 'a0'],
      ['a0', null],
      ['a0', 'a1'],
      ['a0', 'a0V'],
      ['Zz', 'a0'],
    ] as const) {
      for (const count of [1, 2, 50]) {
        const keys = keysBetween(before, after, count) ?? [];
        expect(keys).toHaveLength(count);
        const all = [...(before === null ? [] : [before]), ...keys, ...(after === null ? [] : [after])];
        expect(all).toEqual([...new Set(all)].sort());
      }
    }
  });

  test('are null between equal keys, keys in the wrong order, and invalid keys', () => {
    for (const [before, after] of [
      ['a0', 'a0'],
      ['a1', 'a0'],
      ['', 'a0'],
      ['~', null],
      [null, '!'],
      ['a00', null],
    ] as const)
      expect(keysBetween(before, after, 1), `${String(before)}..${String(after)}`).toBeNull();
  });

  test('are the same for the same random numbers; a count of 0 returns no keys', () => {
    for (const number of [0, 0.4, 0.6, 0.999])
      expect(keysBetween('a0', 'a1', 3, () => number)).toEqual(keysBetween('a0', 'a1', 3, () => number));
    expect(keysBetween('a0', 'a1', 0)).toEqual([]);
  });
});

test('records with the same key are ordered by id, and a record can be placed between them', () => {
  const list = ['a', 'b', 'c', 'd'].map((id) => ({ id, order: 'a0' }));
  expect([...list].reverse().sort(byOrder)).toEqual(list);
  for (let at = 0; at <= list.length; at++) {
    const { keys, shifted } = placeAmong(list, at, 1);
    const moved = new Map(shifted.map(({ id, order }) => [id, order]));
    const now = [
      ...list.map(({ id, order }) => ({ id, order: moved.get(id) ?? order })),
      { id: 'new', order: keys[0] ?? '' },
    ];
    const ids = list.map(({ id }) => id);
    expect(now.sort(byOrder).map(({ id }) => id)).toEqual([...ids.slice(0, at), 'new', ...ids.slice(at)]);
  }
  // At an end there is a gap already, so no other record has to move.
  expect([placeAmong(list, 0, 1).shifted, placeAmong(list, 4, 1).shifted]).toEqual([[], []]);
});

test('a run of keys for a new list is in order, short, and the same each time', () => {
  const run = orderRun(500);
  expect(run).toEqual([...new Set(run)].sort());
  expect(Math.max(...run.map((key) => key.length))).toBeLessThan(5);
  expect(orderRun(500)).toEqual(run);
  expect(orderRun(0)).toEqual([]);
});

test('random inserts, moves and removals always produce the intended order (20 seeds)', () => {
  for (let seed = 1; seed <= 20; seed++) {
    let state = seed * 7919;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const below = (most: number) => Math.floor(random() * most);
    /** The intended list, with the keys that give this order. */
    let list: Ordered[] = [];
    for (let act = 0; act < 400; act++) {
      const roll = below(10);
      const taken = roll > 6 && list.length > 0 ? list.splice(below(list.length), 1) : [];
      if (roll === 9) continue;
      // Half of the inserts are at one position, where keys grow fastest.
      const at = below(2) === 0 ? Math.min(3, list.length) : below(list.length + 1);
      const ids =
        taken.length > 0
          ? taken.map(({ id }) => id)
          : Array.from({ length: 1 + below(3) }, (_, n) => `${act}-${n}`);
      const { keys, shifted } = placeAmong(list, at, ids.length, random);
      const moved = new Map(shifted.map(({ id, order }) => [id, order]));
      list = list.map(({ id, order }) => ({ id, order: moved.get(id) ?? order }));
      list.splice(at, 0, ...ids.map((id, n) => ({ id, order: keys[n] ?? '' })));
      expect(list.toSorted(byOrder), `seed ${seed}, act ${act}`).toEqual(list);
    }
    for (const { order } of list) expect(order.length).toBeLessThanOrEqual(maxNewOrderKey);
  }
});
