import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { addCard, cards, markPersona, moveCards, removeCards } from '../../shared/collections/card.ts';
import { addPersona, personas, removePersona } from '../../shared/collections/persona.ts';
import { openRoots } from '../../shared/documents.ts';
import { PlainEditor, setGone } from '../../shared/schema/editor.ts';
import { byOrder } from '../../shared/schema/order-key.ts';
import { Entry } from '../../client/model/store/entries.svelte.ts';
import { defineIndex, Index, influence } from '../../client/model/store/index.svelte.ts';
import { Store } from '../../client/model/store/store.svelte.ts';

interface Item {
  readonly keys: readonly string[];
  readonly order: string;
  readonly gone?: boolean;
}

/** An index of plain items, which a test adds, changes and removes. */
function openIndex(keysOf: (item: Item) => readonly string[] = ({ keys }) => keys) {
  const index = new Index<Item>(keysOf, ({ order }) => order);
  const now = new Map<string, Item>();
  const put = (...all: readonly (readonly [id: string, item: Item | null])[]) => {
    const changes = all.map(([id, after]) => ({
      entry: new Entry<Item>(id),
      before: now.get(id) ?? null,
      after,
    }));
    for (const [id, item] of all) {
      if (item) now.set(id, item);
      else now.delete(id);
    }
    index.apply(changes);
  };
  return { index, now, put, at: (key: string) => index.at(key).ids };
}

const item = (keys: string, order = 'a', gone = false): Item => ({ keys: keys.split(''), order, gone });

test('an item is listed once under each of its keys, by order and then by id', () => {
  const { put, at } = openIndex();
  put(['c', item('xy', '1')], ['a', item('xx', '2')], ['b', item('x', '1')]);
  expect([at('x'), at('y'), at('z')]).toEqual([['b', 'c', 'a'], ['c'], []]);
});

test('a changed item is removed from its old keys; a removed or deleted one, from all', () => {
  const { put, at } = openIndex();
  put(['a', item('xy')], ['b', item('x')]);
  put(['a', item('yz')]);
  expect([at('x'), at('y'), at('z')]).toEqual([['b'], ['a'], ['a']]);
  put(['a', item('yz', 'a', true)]);
  expect([at('y'), at('z')]).toEqual([[], []]);
  put(['a', item('x', 'b')]);
  expect(at('x')).toEqual(['b', 'a']);
  put(['b', null], ['a', null], ['never there', null]);
  expect(at('x')).toEqual([]);
});

test('a slot stays the same object, and its list is replaced only when it changes', () => {
  const { index, put, at } = openIndex();
  const slot = index.at('x');
  put(['a', item('x')], ['b', item('y')]);
  expect(index.at('x')).toBe(slot);
  const list = at('x');
  put(['a', item('x')], ['b', item('z')]);
  expect(at('x')).toBe(list);
  put(['a', item('x', 'b')]);
  expect(at('x')).toEqual(['a']);
});

test('`rearrange` computes all keys again after a change of what they depend on', () => {
  let home = 'x';
  const { index, put, at } = openIndex(({ keys }) => (keys.length > 0 ? keys : [home]));
  put(['a', item('')], ['b', item('x')]);
  expect(at('x')).toEqual(['a', 'b']);
  home = 'y';
  index.rearrange();
  expect([at('x'), at('y')]).toEqual([['b'], ['a']]);
});

test('each slot matches a recount after random changes', () => {
  const one = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    keys: fc.subarray(['x', 'y', 'z']),
    order: fc.constantFrom('0', '1', '2'),
    there: fc.constantFrom('yes', 'yes', 'yes', 'gone', 'no'),
  });
  fc.assert(
    fc.property(fc.array(fc.array(one, { maxLength: 4 }), { maxLength: 30 }), (batches) => {
      const { put, at, now } = openIndex();
      for (const batch of batches) {
        const last = new Map(batch.map((change) => [change.id, change]));
        put(
          ...[...last.values()].map(
            ({ id, keys, order, there }) =>
              [id, there === 'no' ? null : { keys, order, gone: there === 'gone' }] as const,
          ),
        );
        for (const key of ['x', 'y', 'z']) {
          const there = [...now].filter(([, { keys, gone }]) => gone !== true && keys.includes(key));
          const wanted = there.map(([id, { order }]) => ({ id, order })).sort(byOrder);
          expect(at(key)).toEqual(wanted.map(({ id }) => id));
        }
      }
    }),
    { seed: 11, numRuns: 200 },
  );
});

/** Cards by the names of their personas: several keys per item, which depend on another collection. */
const cardsByPersona = defineIndex({
  of: cards,
  keys: ({ personas: ids }, collections) => ids.flatMap((id) => collections.of(personas).get(id)?.name ?? []),
  order: ({ text }) => text,
  influences: [influence(personas, ({ name }) => name)],
});

test('an index over a document follows its collection and the collections that its keys depend on', () => {
  const doc = new Y.Doc();
  openRoots(doc);
  const ana = new PlainEditor(doc, 'ana');
  const store = new Store(doc);
  const cell = { lane: 'l', phase: 'p', step: null };
  const lars = addPersona(ana, 'Lars');
  const early = addCard(ana, cell, { text: 'b', personas: [lars] });
  const under = (name: string) => store.by(cardsByPersona).at(name).ids;
  expect(store.by(cardsByPersona)).toBe(store.by(cardsByPersona));
  expect(under('Lars')).toEqual([early]);

  const amina = addPersona(ana, 'Amina');
  const late = addCard(ana, cell, { text: 'a', personas: [lars, amina] });
  expect([under('Lars'), under('Amina')]).toEqual([[late, early], [late]]);
  const list = under('Lars');
  moveCards(ana, [late], { ...cell, phase: 'q' });
  expect(under('Lars')).toBe(list);

  markPersona(ana, [early], amina, true);
  markPersona(ana, [late], lars, false);
  expect([under('Lars'), under('Amina')]).toEqual([[early], [late, early]]);
  removeCards(ana, [late]);
  expect(under('Amina')).toEqual([early]);
  removePersona(ana, lars);
  expect(under('Lars')).toEqual([]);
  setGone(ana, personas, lars, false);
  expect(under('Lars')).toEqual([early]);
});
