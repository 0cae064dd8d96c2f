import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { FittingRoom, textsInserted } from '../../client/model/sync/fit.ts';
import { isWhole } from '../../client/model/sync/whole.ts';
import { mergeRecords } from '../../client/model/sync/lost.ts';
import type { Touched } from '../../client/model/sync/touched.ts';
import { missingFrom, Touches } from '../../client/model/sync/touched.ts';
import { lostChanges } from '../../client/board/lost-words.ts';
import { cards, addCard, markPersona, moveCards, removeCards } from '../../shared/collections/card.ts';
import { markEmotion } from '../../shared/collections/emotion.ts';
import { ideas, addIdea, linkIdea, setIdeaState } from '../../shared/collections/idea.ts';
import { addPhase, movePhase } from '../../shared/collections/phase.ts';
import { openRoots } from '../../shared/documents.ts';
import { PlainEditor, setGone } from '../../shared/schema/editor.ts';
import { ensureText, writeText } from '../../shared/schema/text-splice.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };
const end = { after: null, before: null };

let doc: Y.Doc;
let ana: PlainEditor;
let touches: Touches;

beforeEach(() => {
  doc = new Y.Doc();
  openRoots(doc);
  ana = new PlainEditor(doc, 'ana');
  touches = new Touches(doc);
  doc.on('afterTransaction', (transaction) => touches.note(transaction));
});

/** The changes since, in words. */
const told = () => lostChanges(touches.read());

describe('changed records', () => {
  test('are listed by record and field, with their final texts', () => {
    const id = addCard(ana, cell, { text: 'First' });
    writeText(ana, cards, id, 'text', 'First, and more');
    const [card, ...others] = touches.read();
    expect(others).toEqual([]);
    expect(card).toMatchObject({ of: 'cards', id, isNew: true, name: 'First, and more', cell });
    expect(card?.texts).toEqual([['text', 'First, and more']]);
    touches.clear();
    writeText(ana, cards, id, 'text', 'Second');
    expect(touches.read()).toMatchObject([{ isNew: false, texts: [['text', 'Second']], values: [] }]);
  });

  test('are described in words if they have no text', () => {
    const id = addCard(ana, cell, { text: 'Buys a ticket' });
    const idea = addIdea(ana, { title: 'One ticket' });
    const phase = addPhase(ana, 'during', 'Ride', end);
    touches.clear();
    moveCards(ana, [id], { ...cell, lane: 'thinking' }, end);
    markPersona(ana, [id], 'p', true);
    setIdeaState(ana, idea, 'done');
    linkIdea(ana, idea, id);
    movePhase(ana, phase, 'after', end);
    markEmotion(ana, { persona: 'p', phase, emotion: 'calm' }, 'present');
    expect(told().sort()).toEqual([
      'card moved: “Buys a ticket”',
      'card personas changed: “Buys a ticket”',
      'emotion changed: “Ride”',
      'idea linked: “One ticket”',
      'idea status changed: “One ticket”',
      'phase moved: “Ride”',
    ]);
  });

  test('are named up to a few, then counted; changes that cancel out are left out', () => {
    const ids = Array.from({ length: 700 }, (_, index) => addCard(ana, cell, { text: `Card ${index + 1}` }));
    touches.clear();
    removeCards(ana, ids);
    expect(told()).toEqual(['card removed: “Card 1”, “Card 2”, “Card 3”, and 697 more']);
    touches.clear();
    const blank = addCard(ana, cell);
    expect(told()).toEqual(['card added']);
    setGone(ana, cards, blank, true);
    expect(touches.read()).toEqual([]);
  });

  test('are left out if the board has them meanwhile', () => {
    const id = addCard(ana, cell, { text: 'Here' });
    const idea = addIdea(ana, { title: 'Title' });
    writeText(ana, ideas, idea, 'solution', 'Solution');
    const records = touches.read();
    expect(records.map((record) => missingFrom(doc, record))).toEqual([null, null]);
    const empty = new Y.Doc();
    openRoots(empty);
    expect(records.map((record) => missingFrom(empty, record))).toEqual(records);
    writeText(ana, ideas, idea, 'solution', 'Another');
    moveCards(ana, [id], { ...cell, lane: 'thinking' }, end);
    expect(records.map((record) => missingFrom(doc, record))).toMatchObject([
      { texts: [], values: [['place', { lane: 'doing' }]] },
      { texts: [['solution', 'Solution']], values: [] },
    ]);
  });

  test('that changed several times are listed once, with the final value of each field', () => {
    const before: Touched = {
      of: 'ideas',
      id: 'i',
      isNew: true,
      name: '',
      cell: null,
      texts: [
        ['title', 'A'],
        ['why', 'B'],
      ],
      values: [],
    };
    const after: Touched = {
      ...before,
      isNew: false,
      name: 'C',
      texts: [['title', 'C']],
      values: [['owner', 'x']],
    };
    expect(mergeRecords([before, after])).toEqual([
      {
        ...after,
        isNew: true,
        texts: [
          ['title', 'C'],
          ['why', 'B'],
        ],
      },
    ]);
  });
});

describe('whether an update fits', () => {
  /** The updates of a second page that starts from `doc`, one per edit. */
  function elsewhere(...edits: readonly ((editor: PlainEditor) => void)[]): Uint8Array[] {
    const other = new Y.Doc();
    openRoots(other);
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    return edits.map((edit) => {
      const before = Y.encodeStateVector(other);
      edit(new PlainEditor(other, 'ana'));
      return Y.encodeStateAsUpdate(other, before);
    });
  }

  test('is checked without changing the document', () => {
    const id = addCard(ana, cell, { text: 'Base' });
    const [one, two, three] = elsewhere(
      (editor) => writeText(editor, cards, id, 'text', 'Base, and more'),
      (editor) => addCard(editor, cell, { text: 'New' }),
      (editor) => removeCards(editor, [id]),
    );
    if (!one || !two || !three) throw new Error('three edits');
    const before = Y.encodeStateAsUpdate(doc);
    const room = new FittingRoom(doc);
    expect([two, three, one].map((update) => room.fits(update))).toEqual([false, false, true]);
    expect([two, three].map((update) => room.fits(update))).toEqual([true, true]);
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
    expect(isWhole(doc)).toBe(true);
    room.close();
  });

  test('is false for a deletion of what does not exist', () => {
    const id = addCard(ana, cell, { text: 'Base' });
    const [cut] = elsewhere((editor) => writeText(editor, cards, id, 'text', 'B'));
    if (!cut) throw new Error('one edit');
    const empty = new Y.Doc();
    openRoots(empty);
    expect([new FittingRoom(doc).fits(cut), new FittingRoom(empty).fits(cut)]).toEqual([true, false]);
  });

  test('is false for damaged bytes, which do not affect those after them', () => {
    const id = addCard(ana, cell, { text: 'Base' });
    const [good] = elsewhere((editor) => writeText(editor, cards, id, 'text', 'Base, and more'));
    if (!good) throw new Error('one edit');
    const room = new FittingRoom(doc);
    for (let at = 0; at < good.length; at++) {
      room.fits(good.slice(0, at));
      const flipped = good.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 255;
      room.fits(flipped);
    }
    const fresh = new FittingRoom(doc);
    expect(fresh.fits(good)).toBe(true);
    expect(textsInserted(good)).toEqual([', and more']);
  });
});

test('a record created without its text and set gets both', () => {
  doc.getMap('cards').set('bare', new Y.Map([['place', { ...cell, order: 'a0' }]]));
  ensureText(ana, cards, 'bare', 'text')?.insert(0, 'Written');
  markPersona(ana, ['bare'], 'p', true);
  expect(doc.getMap('cards').toJSON()).toMatchObject({ bare: { text: 'Written', personas: { p: true } } });
  expect(ensureText(ana, cards, 'nowhere', 'text')).toBeNull();
});
