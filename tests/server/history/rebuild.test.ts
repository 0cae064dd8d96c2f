import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { rebuild } from './on-board.ts';
import { restore } from './on-board.ts';
import { IdeaNumbers } from '../../../server/documents/number-ideas.ts';
import { cards } from '../../../shared/collections/card.ts';
import type { Collection, ValueCollection } from '../../../shared/schema/collection.ts';
import { buildRecord, parseValue } from '../../../shared/schema/collection.ts';
import { collections, metaFields } from '../../../shared/documents.ts';
import { readRecord, rootOf, storedRecord } from '../../../shared/schema/read.ts';
import { emotions } from '../../../shared/collections/emotion.ts';
import { ideas } from '../../../shared/collections/idea.ts';
import { people } from '../../../shared/collections/person.ts';
import { manyClientIds } from './many-client-ids.ts';
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

/** A board as people read it, with the numbers of ideas and the content of `meta`, and without malformed entries. */
function wholeReading(state: Uint8Array): Map<string, unknown> {
  const doc = copyOf(state);
  const all = reading(doc);
  for (const of of Object.values<Collection | ValueCollection>(collections)) {
    for (const [key, stored] of rootOf(doc, of)) {
      const isRead = of.kind === 'values' ? parseValue(of, stored) !== null : stored instanceof Y.Map;
      if (!isRead) all.delete(`${of.name}/${key}`);
    }
  }
  for (const id of rootOf(doc, ideas).keys()) {
    const idea = readRecord(doc, ideas, id);
    if (idea && !idea.gone) all.set(`number of ${id}`, idea.number);
  }
  const { schema, start } = doc.getMap('meta').toJSON();
  all.set('meta', { schema: schema as unknown, start: start as unknown });
  return all;
}

/** Checks that, as far as its bytes show, a document never had anything but its live characters. */
function expectNoPast(state: Uint8Array): void {
  const { structs, ds } = Y.decodeUpdate(state);
  expect(new Set(structs.map(({ id }) => id.client)).size).toBe(1);
  expect(ds.clients.size).toBe(0);
  expect(structs.every((struct) => struct instanceof Y.Item && !struct.deleted)).toBe(true);
}

describe('rebuilding a document', () => {
  test('after random edits, the content is the same, with one client id and no history', () => {
    fc.assert(
      fc.property(edits, edits, edits, (one, two, three) => {
        const old = [one, two, three].reduce((state, done) => edited(state, done), smallBoard);
        const { state, before, after, isWhole } = rebuild(old);
        expect(wholeReading(state)).toEqual(wholeReading(old));
        expectNoPast(state);
        expect(isWhole).toBe(true);
        expect(before).toMatchObject({ bytes: old.length, clientIds: copyOf(old).store.clients.size });
        expect(after).toMatchObject({ bytes: state.length, clientIds: 1 });
        expect(after.entries).toBeLessThanOrEqual(before.entries);
        expect(copyOf(old).store.clients.has(Y.decodeUpdate(state).structs[0]?.id.client ?? -1)).toBe(false);
      }),
    );
  });

  test('earlier versions can be restored into it, and the version before it restores everything', () => {
    // If all cards were removed, there is none left to type into.
    const onAny = ['add card', 'add idea', 'mark emotion', 'unmark emotion', 'place point', 'rename phase'];
    const later = edits.map((done) => done.filter(({ kind }) => onAny.includes(kind)));
    fc.assert(
      fc.property(edits, edits, later, (before, since, after) => {
        const version = edited(smallBoard, before);
        const full = edited(version, since);
        const current = edited(rebuild(full).state, after);
        expect(reading(withUpdate(current, restore(current, version)))).toEqual(readingOf(version));
        expect(reading(withUpdate(current, restore(current, full)))).toEqual(readingOf(full));
      }),
    );
  });

  test('of a rebuilt document changes nothing', () => {
    fc.assert(
      fc.property(edits, (done) => {
        const once = rebuild(edited(smallBoard, done)).state;
        expect(wholeReading(rebuild(once).state)).toEqual(wholeReading(once));
        expect(restore(rebuild(once).state, once)).toBeNull();
      }),
    );
  });

  test('malformed fields and entries read as before, and are omitted', () => {
    const junk = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.uint8Array({ maxLength: 4 }));
    const garbage = fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000), junk), { maxLength: 12 });
    fc.assert(
      fc.property(edits, garbage, (done, thrown) => {
        const doc = copyOf(edited(smallBoard, done));
        for (const [which, where, value] of thrown) {
          const of = Object.values<Collection | ValueCollection>(collections)[which % 9];
          if (!of) continue;
          const root = rootOf(doc, of);
          const keys = [...root.keys(), `junk-${where}`];
          const key = keys[where % keys.length] ?? '';
          const record = root.get(key);
          const fields = of.kind === 'records' ? [...Object.keys(of.fields), 'unknown'] : [];
          if (record instanceof Y.Map && where % 3) record.set(fields[where % fields.length] ?? '', value);
          else root.set(key, value);
        }
        const old = stateOf(doc);
        const { state } = rebuild(old);
        expect(wholeReading(state)).toEqual(wholeReading(old));
        expectNoPast(state);
      }),
    );
  });

  test('a record keeps its fields and gets no others; a missing text or set is created', () => {
    const doc = copyOf(smallBoard);
    const bare = new Y.Map<unknown>(
      Object.entries({ author: 'ana', evidence: 'very', extra: 1, text: 'Plain' }),
    );
    rootOf(doc, cards).set('bare', bare);
    rootOf(doc, people).set('ana', buildRecord(people, { name: 'Ana', role: 'participant' }));
    const rebuilt = copyOf(rebuild(stateOf(doc)).state);
    const card = storedRecord(rebuilt, cards, 'bare');
    expect(card?.toJSON()).toEqual({ author: 'ana', text: 'Plain', personas: {} });
    expect(card?.get('text')).toBeInstanceOf(Y.Text);
    expect(readRecord(rebuilt, people, 'ana')).toMatchObject({ name: 'Ana', role: 'participant' });
  });

  test('a removed record is omitted, and a reference leads to it again when a version restores it', () => {
    const doc = copyOf(smallBoard);
    const [card = ''] = rootOf(doc, cards).keys();
    const [idea = ''] = rootOf(doc, ideas).keys();
    (storedRecord(doc, ideas, idea)?.get('cards') as Y.Map<unknown>).set(card, true);
    const version = stateOf(doc);
    storedRecord(doc, cards, card)?.set('gone', true);
    const { state, before, after } = rebuild(stateOf(doc));
    expect(after.entries).toBe(before.entries - 1);
    const rebuilt = copyOf(state);
    expect(rootOf(rebuilt, cards).has(card)).toBe(false);
    expect(readRecord(rebuilt, ideas, idea)?.cards).toEqual([card]);
    const restored = withUpdate(state, restore(state, version));
    expect(readRecord(restored, cards, card)).toEqual(readRecord(copyOf(version), cards, card));
  });

  test('no idea number is used twice, and a restored idea has its own again', () => {
    const doc = copyOf(smallBoard);
    const numbering = new IdeaNumbers(doc);
    const number = (of: Y.Doc, id: string) => readRecord(of, ideas, id)?.number;
    const assign = (of: Y.Doc) => {
      const fresh = new IdeaNumbers(of);
      fresh.opened();
      fresh.finish();
    };
    for (const id of ['third', 'fourth']) rootOf(doc, ideas).set(id, buildRecord(ideas, { title: id }));
    numbering.opened();
    numbering.finish();
    const [kept, last] = ['third', 'fourth'].sort((a, b) => (number(doc, a) ?? 0) - (number(doc, b) ?? 0));
    const version = stateOf(doc);
    storedRecord(doc, ideas, last ?? '')?.set('gone', true);

    // Twice, to check that the next rebuild keeps the mark.
    const state = rebuild(rebuild(stateOf(doc)).state).state;
    const rebuilt = copyOf(state);
    expect(rebuilt.getMap('meta').get('numbered')).toBe(4);
    expect(number(rebuilt, kept ?? '')).toBe(number(doc, kept ?? ''));
    rootOf(rebuilt, ideas).set('new', buildRecord(ideas, { title: 'new' }));
    assign(rebuilt);
    expect(number(rebuilt, 'new')).toBe(5);

    const restored = withUpdate(stateOf(rebuilt), restore(stateOf(rebuilt), version));
    assign(restored);
    expect([last ?? '', 'new'].map((id) => number(restored, id))).toEqual([4, 5]);
  });

  test('an update that waits for a lost one is omitted, and reported', () => {
    const doc = copyOf(smallBoard);
    const [id = ''] = rootOf(doc, cards).keys();
    storedRecord(doc, cards, id)?.set('evidence', 'data');
    const whole = stateOf(doc);
    act(doc, [{ kind: 'add card', which: 0, at: 0, text: 'lost' }]);
    const seen = Y.encodeStateVector(doc);
    act(doc, [{ kind: 'add card', which: 0, at: 0, text: 'waits' }]);
    const torn = Y.mergeUpdates([whole, Y.encodeStateAsUpdate(doc, seen)]);
    const { state, isWhole } = rebuild(torn);
    expect(isWhole).toBe(false);
    expect(readingOf(state)).toEqual(readingOf(whole));
    expectNoPast(state);
  });

  test('removes 20,000 client ids and 5,000 removed cards', { timeout: 60_000 }, () => {
    const doc = copyOf(smallBoard);
    doc.transact(() => {
      for (let n = 0; n < 5_000; n++)
        rootOf(doc, cards).set(`c${n}`, buildRecord(cards, { text: 'nonsense '.repeat(10) }, true));
    });
    Y.applyUpdate(doc, manyClientIds(20_000));
    const old = stateOf(doc);
    const { state, before, after } = rebuild(old);
    expect(before.clientIds).toBeGreaterThan(20_000);
    expect(before.bytes).toBeGreaterThan(700_000);
    expect(after.clientIds).toBe(1);
    expect(after.bytes).toBeLessThan(3_000);
    expect(readingOf(state)).toEqual(readingOf(old));
    expect(rootOf(copyOf(state), emotions).size).toBe(0);
    expect(metaFields.schema.fallback).toBe(copyOf(state).getMap('meta').get('schema'));
  });
});
