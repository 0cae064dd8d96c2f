import { flushSync } from 'svelte';
import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { Flags } from '../../client/model/store/flags.svelte.ts';
import { Store } from '../../client/model/store/store.svelte.ts';
import { cardsByCell } from '../../client/views/map/cells.ts';
import type { CellAt } from '../../shared/collections/card.ts';
import { addCard, cards, cellKey, moveCards } from '../../shared/collections/card.ts';
import { openRoots } from '../../shared/documents.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';

// Svelte does not track a signal in the run that created it. What a component reads first while it renders must still
// update when it changes, and must not run anything else again: there are thousands of cards.

const cell: CellAt = { lane: 'l', phase: 'p', step: null };
const other: CellAt = { lane: 'l', phase: 'q', step: null };

function open() {
  const doc = new Y.Doc();
  openRoots(doc);
  return { ana: new PlainEditor(doc, 'ana'), store: new Store(doc) };
}

/** Reads in an effect over a derived value, as a component does. Returns all values seen. */
function watched<T>(read: () => T): T[] {
  const seen: T[] = [];
  onTestFinished(
    $effect.root(() => {
      const now = $derived.by(read);
      $effect(() => {
        seen.push(now);
      });
    }),
  );
  flushSync();
  return seen;
}

async function settle(): Promise<void> {
  await Promise.resolve();
  flushSync();
}

test('a collection first read during rendering is tracked', async () => {
  const { ana, store } = open();
  addCard(ana, cell, { text: 'one' });
  const seen = watched(() => store.of(cards).all.length);
  await settle();
  addCard(ana, cell, { text: 'two' });
  await settle();
  expect([seen[0], seen.at(-1)]).toEqual([1, 2]);
});

test('an index first read during rendering is tracked, in full and empty slots', async () => {
  const { ana, store } = open();
  addCard(ana, cell, { text: 'one' });
  const count = (at: CellAt) => store.by(cardsByCell).at(cellKey(at)).ids.length;
  const seen = watched(() => `${count(cell)} ${count(other)}`);
  await settle();
  addCard(ana, other, { text: 'two' });
  await settle();
  expect(seen.at(-1)).toBe('1 1');
  addCard(ana, cell, { text: 'three' });
  await settle();
  addCard(ana, other, { text: 'four' });
  await settle();
  expect(seen.at(-1)).toBe('2 2');
});

test('a slot of an index first read during rendering is tracked', async () => {
  const { ana, store } = open();
  const index = store.by(cardsByCell);
  const seen = watched(() => index.at(cellKey(cell)).ids.length + index.at(cellKey(other)).ids.length);
  for (const at of [cell, other, cell]) {
    addCard(ana, at, { text: 'another' });
    await settle();
  }
  expect(seen).toEqual([0, 1, 2, 3]);
});

test('a flag first read during rendering is tracked, without running readers of others', async () => {
  const flags = new Flags();
  const first = watched(() => flags.has('a'));
  const second = watched(() => flags.has('b'));
  flags.set('a', true);
  await settle();
  flags.set('a', false);
  await settle();
  flags.set('b', true);
  await settle();
  expect(first).toEqual([false, true, false]);
  expect(second).toEqual([false, true]);
});

/** Counts how often each of `many` readers runs; each runs once at the start. */
function counted(many: number, read: (at: number) => unknown): number[] {
  const runs = Array.from({ length: many }, () => 0);
  onTestFinished(
    $effect.root(() => {
      for (const at of runs.keys())
        $effect(() => {
          void read(at);
          runs[at] = (runs[at] ?? 0) + 1;
        });
    }),
  );
  flushSync();
  return runs;
}

test('the first change of a flag, a slot or a record runs only its own reader again', async () => {
  const { ana, store } = open();
  const one = addCard(ana, cell, { text: 'one' });
  const places = ['p', 'q', 'r'].map((phase): CellAt => ({ lane: 'l', phase, step: null }));
  const flags = new Flags();
  const onFlags = counted(3, (at) => flags.has(`card${at}`));
  const onSlots = counted(3, (at) => store.by(cardsByCell).at(cellKey(places[at] ?? cell)).ids);
  const onRecords = counted(3, (at) => store.of(cards).entry(at === 0 ? one : `none${at}`).record);
  await settle();
  expect([onFlags, onSlots, onRecords]).toEqual(Array.from({ length: 3 }, () => [1, 1, 1]));
  flags.set('card1', true);
  moveCards(ana, [one], places[2] ?? cell);
  await settle();
  expect([onFlags, onSlots, onRecords]).toEqual([
    [1, 2, 1],
    [2, 1, 2],
    [2, 1, 1],
  ]);
});

test('an effect that changes the document does not run again because of its own change', async () => {
  const { ana, store } = open();
  expect(store.of(cards).size).toBe(0);
  const runs = counted(1, () => {
    if (store.of(cards).entry('other').record === null) addCard(ana, cell, { text: 'one' });
  });
  await settle();
  expect(runs).toEqual([1]);
});
