import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Card, CellAt } from '../../shared/collections/card.ts';
import { cards, addCard, moveCards, removeCards, cellKey, cellOf } from '../../shared/collections/card.ts';
import { steps, addStep, moveStep, removeStep } from '../../shared/collections/phase.ts';
import { openRoots } from '../../shared/documents.ts';
import { readAll } from '../../shared/schema/read.ts';
import { PlainEditor, setGone } from '../../shared/schema/editor.ts';
import { byOrder } from '../../shared/schema/order-key.ts';
import type { Change } from '../../client/model/store/entries.svelte.ts';
import { Store } from '../../client/model/store/store.svelte.ts';
import { cardsByCell, cellOfCard } from '../../client/views/map/cells.ts';

/** A board's cards and steps as the page stores them, over a document that Ana changes. */
function openBoard() {
  const doc = new Y.Doc();
  openRoots(doc);
  const ana = new PlainEditor(doc, 'ana');
  const store = new Store(doc);
  const changes: (readonly Change<Card>[])[] = [];
  store.of(cards).listen((some) => changes.push(some));
  const idsIn = (at: CellAt) => store.by(cardsByCell).at(cellKey(at)).ids;
  return { doc, ana, store, idsIn, changes };
}

type Board = ReturnType<typeof openBoard>;

/** All stacks computed from the document, the slow way. */
function recount({ doc, store }: Board): Map<string, string[]> {
  const all = new Map<string, { id: string; order: string }[]>();
  for (const { id, place } of readAll(doc, cards)) {
    const key = cellKey(cellOf(place, (step) => store.of(steps).get(step)?.place.phase ?? null));
    all.set(key, [...(all.get(key) ?? []), { id, order: place.order }]);
  }
  return new Map([...all].map(([key, list]) => [key, list.sort(byOrder).map(({ id }) => id)]));
}

const cell = (lane: string, phase: string, step: string | null = null): CellAt => ({ lane, phase, step });

describe('the index of cards by cell', () => {
  test('is updated when a card is added, moved, removed and restored', () => {
    const board = openBoard();
    const { ana, idsIn, store } = board;
    const one = addCard(ana, cell('l', 'p'), { text: 'one' });
    const two = addCard(ana, cell('l', 'p'), { text: 'two' });
    expect(idsIn(cell('l', 'p'))).toEqual([one, two]);
    moveCards(ana, [two], cell('l', 'p'), { after: null, before: one });
    expect(idsIn(cell('l', 'p'))).toEqual([two, one]);
    moveCards(ana, [two], cell('l', 'q'));
    expect(idsIn(cell('l', 'p'))).toEqual([one]);
    expect(cellOfCard(store, two)).toEqual(cell('l', 'q'));
    removeCards(ana, [two]);
    expect(idsIn(cell('l', 'q'))).toEqual([]);
    expect(cellOfCard(store, two)).toBeNull();
    setGone(ana, cards, two, false);
    expect(idsIn(cell('l', 'q'))).toEqual([two]);
  });

  test('is not replaced by changes that move no card', () => {
    const { ana, idsIn, store, doc } = openBoard();
    const one = addCard(ana, cell('l', 'p'), { text: 'one' });
    const before = idsIn(cell('l', 'p'));
    const text = doc.getMap<Y.Map<unknown>>('cards').get(one)?.get('text');
    if (text instanceof Y.Text) text.insert(0, 'Number ');
    expect(store.of(cards).get(one)?.text).toBe('Number one');
    expect(idsIn(cell('l', 'p'))).toBe(before);
  });

  test('lists a card whose step is removed or in another phase under its whole phase', () => {
    const { ana, idsIn } = openBoard();
    const step = addStep(ana, 'p', 'step', { after: null, before: null });
    const one = addCard(ana, cell('l', 'p', step));
    expect(idsIn(cell('l', 'p', step))).toEqual([one]);
    moveStep(ana, step, 'q', { after: null, before: null });
    expect(idsIn(cell('l', 'p'))).toEqual([one]);
    moveStep(ana, step, 'p', { after: null, before: null });
    expect(idsIn(cell('l', 'p', step))).toEqual([one]);
    removeStep(ana, step);
    expect(idsIn(cell('l', 'p'))).toEqual([one]);
    expect(idsIn(cell('l', 'p', step))).toEqual([]);
  });

  test.each(Array.from({ length: 20 }, (_, at) => at + 1))(
    'matches a recount after random edits (seed %i)',
    (seed) => {
      let state = seed * 7919;
      const below = (most: number) => (state = (state * 48_271) % 2_147_483_647) % most;
      const board = openBoard();
      const { ana, doc, idsIn } = board;
      const stepIds = ['p', 'q'].flatMap((phase) =>
        [0, 1].map(() => addStep(ana, phase, '', { after: null, before: null })),
      );
      const made: string[] = [];
      const anyCell = () => cell(`l${below(2)}`, below(2) === 0 ? 'p' : 'q', stepIds[below(6)] ?? null);
      const any = (list: readonly string[]) => list[below(list.length)] ?? '';
      for (let act = 0; act < 120; act++) {
        // Several edits in one transaction, as when another person's work arrives.
        doc.transact(() => {
          for (let burst = below(3); burst >= 0; burst--) {
            const roll = below(10);
            if (roll < 4 || made.length === 0) made.push(addCard(ana, anyCell()));
            else if (roll < 7) moveCards(ana, [any(made), any(made)], anyCell());
            else if (roll < 8) setGone(ana, cards, any(made), below(2) === 0);
            else if (roll < 9)
              moveStep(ana, any(stepIds), below(2) === 0 ? 'p' : 'q', { after: null, before: null });
            else setGone(ana, steps, any(stepIds), below(2) === 0);
          }
        });
        const wanted = recount(board);
        for (const lane of ['l0', 'l1']) {
          for (const phase of ['p', 'q']) {
            for (const step of [null, ...stepIds]) {
              const at = cell(lane, phase, step);
              expect(idsIn(at)).toEqual(wanted.get(cellKey(at)) ?? []);
            }
          }
        }
      }
      expect(made.length).toBeGreaterThan(20);
    },
  );
});

describe('the entries of a collection', () => {
  test('update once per transaction: one parse per record, one call for all', () => {
    const { doc, ana, changes, store } = openBoard();
    const ids = Array.from({ length: 50 }, () => addCard(ana, cell('l', 'p')));
    changes.length = 0;
    doc.transact(() => moveCards(ana, ids.slice(0, 3), cell('l', 'q')));
    expect(changes.map((some) => some.map(({ entry }) => entry.id).toSorted())).toEqual([
      ids.slice(0, 3).toSorted(),
    ]);
    const untouched = store.of(cards).entry(ids[10] ?? '').record;
    removeCards(ana, ids.slice(0, 3));
    expect(store.of(cards).entry(ids[10] ?? '').record).toBe(untouched);
    expect(store.of(cards).all.length).toBe(47);
  });

  test('are never replaced, so that a selection survives a removal and its undo', () => {
    const { ana, store } = openBoard();
    const one = addCard(ana, cell('l', 'p'), { text: 'one' });
    const entry = store.of(cards).entry(one);
    removeCards(ana, [one]);
    expect(store.of(cards).get(one)).toBeNull();
    setGone(ana, cards, one, false);
    expect(store.of(cards).entry(one)).toBe(entry);
    expect(store.of(cards).get(one)?.text).toBe('one');
  });

  test('read invalid values as their defaults, and never throw', () => {
    const { doc, store } = openBoard();
    const root = doc.getMap<unknown>('cards');
    root.set('bare', 'not a record');
    const odd = new Y.Map<unknown>([
      ['text', 7],
      ['place', { lane: 'l' }],
      ['personas', 'everyone'],
      ['evidence', 'surely'],
      ['gone', 'no'],
    ]);
    root.set('odd', odd);
    expect(store.of(cards).get('bare')).toBeNull();
    expect(store.of(cards).get('odd')).toMatchObject({
      text: '',
      personas: [],
      evidence: 'hypothesis',
      gone: false,
    });
    expect(cellOfCard(store, 'odd')).toEqual(cell('', ''));
  });
});
