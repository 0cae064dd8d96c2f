import { personas } from '../../../shared/collections/persona.ts';
import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard, markPersona, moveCards, removeCards } from '../../../shared/collections/card.ts';
import { markEmotion } from '../../../shared/collections/emotion.ts';
import { addIdea } from '../../../shared/collections/idea.ts';
import { addPhase } from '../../../shared/collections/phase.ts';
import { buildRecord, records } from '../../../shared/schema/collection.ts';
import { text, value } from '../../../shared/schema/field.ts';
import { readAll, rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { writeText } from '../../../shared/schema/text-splice.ts';
import type { Policy, PolicyOperation } from '../../../server/live/guard/policy.ts';
import type { TouchedRecord } from '../../../server/live/guard/record.ts';
import { storedRecord as touchedRecord } from '../../../server/live/guard/record.ts';
import type { Person } from './guarded.ts';
import { Guarded } from './guarded.ts';
import { allowing, ownOnly } from './policies.ts';

const cell = { lane: 'lane', phase: 'phase', step: null };
const elsewhere = { ...cell, lane: 'other' };

describe('G22 under "add, and change your own"', () => {
  let board: Guarded;
  let ana: Person;
  let ben: Person;
  let fia: Person;
  let hers: string;

  beforeEach(() => {
    board = new Guarded();
    fia = board.person('fia', 'facilitator');
    ana = board.person('ana');
    ben = board.person('ben');
    hers = addCard(ana.editor, cell, { text: 'hers' });
    expect(ana.say()).toBe('pass');
    board.policy = ownOnly;
  });

  const add = () => {
    const card = addCard(ben.editor, cell, { text: 'his' });
    expect(ben.say()).toBe('pass');
    return card;
  };

  test('G22 Ben can add records, and change, mark, remove and restore his own', () => {
    const his = add();
    writeText(ben.editor, cards, his, 'text', 'all his');
    expect(ben.say()).toBe('pass');
    writeText(ben.editor, cards, his, 'text', 'his');
    expect(ben.say()).toBe('pass');
    moveCards(ben.editor, [his], elsewhere);
    expect(ben.say()).toBe('pass');
    for (const on of [true, false]) {
      markPersona(ben.editor, [his], 'commuter', on);
      expect(ben.say()).toBe('pass');
    }
    removeCards(ben.editor, [his]);
    expect(ben.say()).toBe('pass');
    expect(ben.does((doc) => storedRecord(doc, cards, his)?.set('gone', false))).toBe('pass');
    addIdea(ben.editor, { title: 'A sign', cards: [hers] });
    expect(ben.say()).toBe('pass');
  });

  test.each<[string, (doc: Y.Doc, card: string) => unknown]>([
    ['types in it', (doc, card) => textOf(doc, cards, card, 'text')?.insert(0, 'not ')],
    ['deletes a character of it', (doc, card) => textOf(doc, cards, card, 'text')?.delete(0, 1)],
    ['moves it', (doc, card) => storedRecord(doc, cards, card)?.set('place', { ...elsewhere, order: 'a0' })],
    ['removes it', (doc, card) => storedRecord(doc, cards, card)?.set('gone', true)],
    [
      'sets a field of it for the first time',
      (doc, card) => storedRecord(doc, cards, card)?.set('mode', 'online'),
    ],
    ['deletes a field of it', (doc, card) => storedRecord(doc, cards, card)?.delete('gone')],
    [
      'adds a member to a set of it',
      (doc, card) => (storedRecord(doc, cards, card)?.get('personas') as Y.Map<true>).set('commuter', true),
    ],
  ])('G22 Ana’s card does not change: Ben %s', (_, edit) => {
    expect(ben.does((doc) => edit(doc, hers))).toBe('policy');
    board.policy = null;
    const tab = board.person('ben');
    expect(tab.does((doc) => edit(doc, hers))).toBe('pass');
  });

  test('G22 an update that changes his own and another person’s record is refused as a whole', () => {
    const his = add();
    const verdict = ben.does((doc) => {
      textOf(doc, cards, his, 'text')?.insert(0, 'still ');
      textOf(doc, cards, hers, 'text')?.insert(0, 'not ');
    });
    expect(verdict).toBe('policy');
    expect(readAll(board.doc, cards).map(({ text }) => text)).toEqual(['hers', 'his']);
  });

  test('G22 a record created and changed in one update is his own, even without an author', () => {
    expect(
      ben.does((doc) => {
        rootOf(doc, cards).set('unsigned', buildRecord(cards, { text: 'whose?' }));
        textOf(doc, cards, 'unsigned', 'text')?.insert(0, 'mine, or ');
        rootOf(doc, cards).set('draft', buildRecord(cards, { author: 'ben' }));
        rootOf(doc, cards).delete('draft');
      }),
    ).toBe('pass');
    expect(ben.does((doc) => textOf(doc, cards, 'unsigned', 'text')?.insert(0, 'not '))).toBe('policy');
  });

  test('G22 a facilitator is exempt, and other rules are checked first', () => {
    moveCards(fia.editor, [hers], elsewhere);
    addPhase(fia.editor, 'before', 'Arrive', { after: null, before: null });
    markEmotion(fia.editor, { persona: 'p', phase: 'q', emotion: 'calm' }, 'present');
    expect(fia.say()).toBe('pass');
    const verdict = ben.does((doc) => {
      textOf(doc, cards, hers, 'text')?.insert(0, 'not ');
      addPhase(ben.editor, 'before', 'Mine', { after: null, before: null });
    });
    expect(verdict).toBe('role');
  });

  test('G22 the policy also decides on values, which have no record', () => {
    const mark = () => markEmotion(ben.editor, { persona: 'p', phase: 'q', emotion: 'calm' }, 'present');
    board.policy = allowing((operation) => operation.record === null || ownOnly.broken(operation) === null);
    mark();
    expect(ben.say()).toBe('pass');
    markEmotion(ben.editor, { persona: 'p', phase: 'q', emotion: 'calm' }, null);
    expect(ben.say()).toBe('pass');
    board.policy = ownOnly;
    mark();
    expect(ben.say()).toBe('policy');
  });

  test('G22 resending existing content is not checked', () => {
    board.policy = allowing(() => false);
    expect(ben.send(Y.encodeStateAsUpdate(board.doc))).toBe('pass');
  });

  test('G22 edits that a facilitator restores are not checked', () => {
    const lost = new Y.Doc();
    Y.applyUpdate(lost, Y.encodeStateAsUpdate(board.doc));
    textOf(lost, cards, hers, 'text')?.insert(0, 'once ');
    board.policy = allowing(() => false);
    expect(board.guard.judgeRestored(Y.encodeStateAsUpdate(lost)).kind).toBe('pass');
  });
});

describe('G22 the arguments of a policy', () => {
  function told(): { policy: Policy; operations: PolicyOperation[]; records: (TouchedRecord | null)[] } {
    const operations: PolicyOperation[] = [];
    const records: (TouchedRecord | null)[] = [];
    const policy = allowing((operation) => {
      operations.push(operation);
      records.push(operation.record);
      return true;
    });
    return { policy, operations, records };
  }

  test('G22 each change has its record, whose author may come after its other fields', () => {
    const board = new Guarded();
    const ana = board.person('ana');
    const { policy, operations, records } = told();
    board.policy = policy;
    ana.does((doc) => {
      rootOf(doc, cards).set('a', buildRecord(cards, { text: 'hers', author: 'ana' }));
      rootOf(doc, cards).set('b', buildRecord(cards, { text: 'nobody’s', author: '' }));
    });
    expect(operations.map(({ depth, change }) => `${depth} ${change.home.root} ${change.key}`)).toContain(
      '1 cards a',
    );
    const made = { isNew: true, isLocked: false };
    expect(records.filter((record) => record?.id === 'a').length).toBeGreaterThan(4);
    for (const record of records)
      expect(record).toEqual({ id: record?.id, author: record?.id === 'a' ? 'ana' : null, ...made });

    records.length = 0;
    ana.does((doc) => {
      textOf(doc, cards, 'a', 'text')?.insert(0, 'x');
      storedRecord(doc, cards, 'b')?.set('gone', true);
    });
    expect(records).toEqual([
      { id: 'a', author: 'ana', isNew: false, isLocked: false },
      { id: 'b', author: null, isNew: false, isLocked: false },
    ]);
  });

  test('G22 a record is locked while a locking field is true', () => {
    const notes = records('notes', {
      about: 'notes',
      add: 'write',
      fields: {
        text: text(10),
        author: value(v.string(), '', 'author'),
        locked: { ...value(v.boolean(), false), locks: true },
      },
    });
    const stored = (fields: Parameters<typeof buildRecord<typeof notes.fields>>[1]) => {
      const doc = new Y.Doc();
      return doc.getMap('notes').set('n', buildRecord(notes, fields));
    };
    const hers = { id: 'n', author: 'ana', isNew: false };
    expect(touchedRecord('n', notes, stored({ author: 'ana', locked: true }))).toEqual({
      ...hers,
      isLocked: true,
    });
    expect(touchedRecord('n', notes, stored({ author: 'ana' }))).toEqual({ ...hers, isLocked: false });
    expect(touchedRecord('n', personas, stored({ author: 'ana', locked: true }))).toMatchObject({
      isLocked: false,
    });
  });
});
