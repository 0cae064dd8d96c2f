import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { restore } from './on-board.ts';
import { cards } from '../../../shared/collections/card.ts';
import { collections } from '../../../shared/documents.ts';
import { rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { ideas } from '../../../shared/collections/idea.ts';
import {
  act,
  copyOf,
  edited,
  edits,
  reading,
  readingOf,
  smallBoard,
  stateOf,
  withUpdate,
} from './board-edits.ts';

describe('restoring a version', () => {
  test('after any edits, the board reads like the version', () => {
    fc.assert(
      fc.property(edits, edits, (before, since) => {
        const version = edited(smallBoard, before);
        const current = edited(version, since);
        expect(reading(withUpdate(current, restore(current, version)))).toEqual(readingOf(version));
      }),
    );
  });

  test('of another history (the board was reset in between), the board reads like the version', () => {
    fc.assert(
      fc.property(edits, edits, (oneWay, another) => {
        const version = edited(smallBoard, oneWay);
        const current = edited(smallBoard, another);
        expect(reading(withUpdate(current, restore(current, version)))).toEqual(readingOf(version));
      }),
    );
  });

  test('and then the state before it restores everything', () => {
    fc.assert(
      fc.property(edits, edits, (before, since) => {
        const version = edited(smallBoard, before);
        const current = edited(version, since);
        const restored = stateOf(withUpdate(current, restore(current, version)));
        expect(reading(withUpdate(restored, restore(restored, current)))).toEqual(readingOf(current));
      }),
    );
  });

  test('that is equal to the board changes nothing, nor does a second restore', () => {
    fc.assert(
      fc.property(edits, edits, (before, since) => {
        const version = edited(smallBoard, before);
        const current = edited(version, since);
        expect(restore(version, version)).toBeNull();
        const update = restore(current, version);
        const restored = withUpdate(current, update);
        const once = stateOf(restored);
        expect(restore(once, version)).toBeNull();
        if (update) Y.applyUpdate(restored, update);
        expect(stateOf(restored)).toEqual(once);
      }),
    );
  });

  test('keeps concurrent edits of other content, and all agree', () => {
    fc.assert(
      fc.property(edits, edits, edits, (before, since, meanwhile) => {
        const version = edited(smallBoard, before);
        const current = edited(version, since);
        const update = restore(current, version);
        const ana = copyOf(current);
        const touched = act(ana, meanwhile);
        const herWork = Y.encodeStateAsUpdate(ana, Y.encodeStateVectorFromUpdate(current));
        const herOwn = reading(ana);

        const ben = withUpdate(current, update);
        Y.applyUpdate(ben, herWork);
        if (update) Y.applyUpdate(ana, update);
        expect(reading(ana)).toEqual(reading(ben));

        const [now, then, merged] = [readingOf(current), readingOf(version), reading(ben)];
        const same = (entry: string) => JSON.stringify(now.get(entry)) === JSON.stringify(then.get(entry));
        for (const entry of new Set([...now.keys(), ...then.keys(), ...touched])) {
          if (!touched.has(entry)) expect(merged.get(entry)).toEqual(then.get(entry));
          // What the restore did not change is as she left it.
          else if (same(entry)) expect(merged.get(entry)).toEqual(herOwn.get(entry));
        }
      }),
    );
  });

  test('Ana adds a card and removes another; the restore removes hers and brings the other back unchanged', () => {
    const doc = copyOf(smallBoard);
    const [lost] = [...rootOf(doc, cards).keys()];
    if (lost === undefined) throw new Error('the board has no cards');
    act(doc, [{ kind: 'add card', which: 0, at: 0, text: 'Hers' }]);
    storedRecord(doc, cards, lost)?.set('gone', true);
    const [hers] = [...rootOf(doc, cards).keys()].filter((id) => id.startsWith('new-'));
    const restored = withUpdate(stateOf(doc), restore(stateOf(doc), smallBoard));
    expect(storedRecord(restored, cards, hers ?? '')?.get('gone')).toBe(true);
    expect(textOf(restored, cards, hers ?? '', 'text')?.toJSON()).toBe('Hers');
    expect(reading(restored).get(`cards/${lost}`)).toEqual(readingOf(smallBoard).get(`cards/${lost}`));
  });

  test('a text that Ben types into meanwhile keeps his words, because only the difference is replaced', () => {
    const doc = copyOf(smallBoard);
    const id = [...rootOf(doc, cards).keys()].find((one) => textOf(doc, cards, one, 'text')?.length);
    const text = (of: Y.Doc) => textOf(of, cards, id ?? '', 'text');
    const old = text(doc)?.toJSON() ?? '';
    text(doc)?.insert(0, 'NEW ');
    const current = stateOf(doc);
    const update = restore(current, smallBoard);
    text(doc)?.insert(text(doc)?.length ?? 0, ' and Ben’s');
    if (update) Y.applyUpdate(doc, update);
    expect(text(doc)?.toJSON()).toBe(`${old} and Ben’s`);
  });

  test('does not change people, `meta` and the numbers of ideas', () => {
    const doc = copyOf(smallBoard);
    const [idea] = [...rootOf(doc, ideas).keys()];
    const numbered = copyOf(smallBoard);
    storedRecord(doc, ideas, idea ?? '')?.set('number', 7);
    storedRecord(doc, ideas, idea ?? '')?.set('state', 'dropped');
    rootOf(doc, collections.people).set('olle', new Y.Map(Object.entries({ name: 'Olle' })));
    doc.getMap('meta').set('start', 'ideas');
    const restored = withUpdate(stateOf(doc), restore(stateOf(doc), stateOf(numbered)));
    expect(storedRecord(restored, ideas, idea ?? '')?.get('number')).toBe(7);
    expect(storedRecord(restored, ideas, idea ?? '')?.get('state')).not.toBe('dropped');
    expect(rootOf(restored, collections.people).has('olle')).toBe(true);
    expect(restored.getMap('meta').get('start')).toBe('ideas');
  });

  test('is a small update if one word differs', () => {
    const doc = copyOf(smallBoard);
    const [id] = [...rootOf(doc, cards).keys()];
    textOf(doc, cards, id ?? '', 'text')?.insert(0, 'word ');
    expect(restore(stateOf(doc), smallBoard)?.length).toBeLessThan(100);
  });

  test('is refused if the state has a gap', () => {
    const doc = copyOf(smallBoard);
    act(doc, [{ kind: 'add card', which: 0, at: 0, text: 'one' }]);
    const before = Y.encodeStateVector(doc);
    act(doc, [{ kind: 'add card', which: 0, at: 0, text: 'two' }]);
    const torn = Y.encodeStateAsUpdate(doc, before);
    expect(() => restore(smallBoard, torn)).toThrow('the state has a gap');
    expect(() => restore(torn, smallBoard)).toThrow('the state has a gap');
  });
});
