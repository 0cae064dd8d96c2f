import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { answerInParts } from '../../client/model/sync/answer-parts.ts';
import { UndoableEditor } from '../../client/model/sync/undo.svelte.ts';
import { cards, addCard } from '../../shared/collections/card.ts';
import { openRoots } from '../../shared/documents.ts';
import { textOf } from '../../shared/schema/read.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import { writeText } from '../../shared/schema/text-splice.ts';
import { Hands } from '../convergence/hands.ts';
import { Chance, seed } from '../faults/chance.ts';
import { Guarded } from '../server/live/guarded.ts';
import { reading } from '../server/live/stock-client.ts';

const whole = (doc: Y.Doc) => doc.store.pendingStructs === null && doc.store.pendingDs === null;
const stateOf = (doc: Y.Doc) => Y.decodeStateVector(Y.encodeStateVector(doc));
const cell = { lane: 'a', phase: 'p', step: null };

function docOf(client: number): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = client;
  openRoots(doc);
  return doc;
}

test(
  'each part passes the guard, and together with the answer they complete the document',
  { timeout: 60_000 },
  () => {
    const chance = new Chance(seed);
    const board = new Guarded();
    const server = board.doc;
    const people = (['ben', 'eva'] as const).map((name) => board.person(name, 'facilitator'));
    const hands = people.map((person) => new Hands(person.editor, true, chance.next));
    const others = (turns: number) => {
      for (let turn = 0; turn < turns; turn++) {
        const who = chance.below(people.length);
        hands[who]?.act();
        expect(people[who]?.say()).toBe('pass');
      }
    };
    others(60);

    // Ana edited on an earlier page, whose edits the device has kept, and edits on this one.
    const earlier = docOf(1001);
    Y.applyUpdate(earlier, Y.encodeStateAsUpdate(server));
    const before = new Hands(new PlainEditor(earlier, 'ana'), true, chance.next);
    for (let turn = 0; turn < 60; turn++) before.act();
    const page = docOf(1002);
    Y.applyUpdate(page, Y.encodeStateAsUpdate(earlier));
    const editor = new UndoableEditor(page, 'ana');
    const now = new Hands(editor, true, chance.next);
    for (let turn = 0; turn < 200; turn++) {
      const roll = chance.next();
      if (roll < 0.7) now.act();
      else if (roll < 0.9) void editor.undo();
      else void editor.redo();
    }
    others(60);

    const membership = { person: 'ana', role: 'facilitator' } as const;
    const { updates, after } = answerInParts(page, stateOf(server), new Set([1001, 1002]));
    expect(updates.length).toBeGreaterThan(2);
    for (const update of updates) expect(board.take(update, membership)).toBe('pass');
    const answer = Y.encodeStateAsUpdate(page, Y.encodeStateVector(after));
    expect(Y.decodeUpdate(answer).structs).toEqual([]);
    expect(board.take(answer, membership)).toBe('pass');
    Y.applyUpdate(page, Y.encodeStateAsUpdate(server));
    expect(reading(page)).toBe(reading(server));
    editor.close();
  },
);

test("edits that depend on others' edits missing on the server are left to the answer", () => {
  const ben = new PlainEditor(docOf(1), 'ben');
  const lost = addCard(ben, cell, { text: 'Lost by the server' });
  const ana = new PlainEditor(docOf(2), 'ana');
  for (let i = 0; i < 30; i++) addCard(ana, cell, { text: 'Before' });
  Y.applyUpdate(ana.doc, Y.encodeStateAsUpdate(ben.doc));
  writeText(ana, cards, lost, 'text', 'Lost by the server, and found');
  for (let i = 0; i < 30; i++) addCard(ana, cell, { text: 'After' });

  const server = docOf(3);
  const { updates, after } = answerInParts(ana.doc, stateOf(server), new Set([2]));
  expect(updates.length).toBeGreaterThan(1);
  for (const update of updates) {
    Y.applyUpdate(server, update);
    expect(whole(server)).toBe(true);
  }
  expect([after.get(1), after.get(2)]).toEqual([undefined, Y.getState(server.store, 2)]);
  Y.applyUpdate(server, Y.encodeStateAsUpdate(ana.doc, Y.encodeStateVector(after)));
  expect(whole(server)).toBe(true);
  expect(reading(server)).toBe(reading(ana.doc));
});

test('a minute of work fits into one answer', () => {
  const ana = new PlainEditor(docOf(2), 'ana');
  const id = addCard(ana, cell, { text: 'Tea' });
  const server = docOf(3);
  const { updates, after } = answerInParts(ana.doc, stateOf(server), new Set([2]));
  expect([updates, after]).toEqual([[], new Map()]);
  Y.applyUpdate(server, Y.encodeStateAsUpdate(ana.doc, Y.encodeStateVector(after)));
  expect(textOf(server, cards, id, 'text')?.toJSON()).toBe('Tea');
});

test('if the server has half of a struct, a part continues in its middle', () => {
  const doc = docOf(2);
  const ana = new PlainEditor(doc, 'ana');
  const id = addCard(ana, cell);
  const text = textOf(doc, cards, id, 'text');
  text?.insert(0, 'cold ');
  const server = docOf(3);
  Y.applyUpdate(server, Y.encodeStateAsUpdate(doc));
  text?.insert(5, 'tea');
  for (let i = 0; i < 30; i++) addCard(ana, cell, { text: 'After' });
  const { updates } = answerInParts(doc, stateOf(server), new Set([2]));
  for (const update of updates) Y.applyUpdate(server, update);
  expect(whole(server)).toBe(true);
  expect(reading(server)).toBe(reading(doc));
});
