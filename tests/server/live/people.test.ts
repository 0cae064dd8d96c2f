import { afterEach, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/board/card.ts';
import { buildRecord } from '../../../shared/board/collection.ts';
import { readRecord, rootOf } from '../../../shared/board/document.ts';
import { ideas } from '../../../shared/board/idea.ts';
import { people } from '../../../shared/board/person.ts';
import { maxPeople, maxRecords } from '../../../shared/limits.ts';
import type { House } from './harness.ts';
import { openHouse } from './harness.ts';

const record = {
  id: 'known',
  title: 'Known to many',
  template: 'project',
  language: 'en',
  start: 'map',
  createdAt: 0,
  links: [],
  generation: 1,
  frozen: false,
} as const;

let house: House;
let doc: Y.Doc;

/** A board that knows as many people as it can: person-0 to person-1999. */
beforeEach(async () => {
  house = await openHouse();
  doc = new Y.Doc();
  doc.transact(() => {
    for (let i = 0; i < maxPeople; i++) know(`person-${i}`);
  });
  for (const person of ['person-0', 'person-7', 'newcomer'])
    house.seat(person, 'participant', { board: record.id });
});

afterEach(() => house.close());

function know(person: string): void {
  rootOf(doc, people).set(person, buildRecord(people, { name: person, role: 'participant' }));
}

const seen = async (person: string) => {
  const raw = await house.raw(person);
  await raw.next('update');
  return raw.state();
};

test('D11 a newcomer takes the place of those who are away and left nothing; authors, owners and who is here stay', async () => {
  rootOf(doc, cards).set('card', buildRecord(cards, { author: 'person-1' }));
  rootOf(doc, ideas).set('idea', buildRecord(ideas, { author: 'person-2', owner: 'person-3' }));
  await house.store.createBoard(record, Y.encodeStateAsUpdate(doc));
  await seen('person-0');
  const known = rootOf(await seen('newcomer'), people);
  expect([...known.keys()].sort()).toEqual(['newcomer', 'person-0', 'person-1', 'person-2', 'person-3']);
});

test('D11 who was dropped and comes back is known again', async () => {
  await house.store.createBoard(record, Y.encodeStateAsUpdate(doc));
  await seen('newcomer');
  expect(readRecord(await seen('person-7'), people, 'person-7')?.name).toBe('person-7');
});

test('D11 where nobody can make room a newcomer is told that the board is full, and who is known comes in', async () => {
  doc.transact(() => {
    for (let i = 0; i < maxPeople; i++)
      rootOf(doc, cards).set(`card-${i}`, buildRecord(cards, { author: `person-${i}` }));
  });
  await house.store.createBoard(record, Y.encodeStateAsUpdate(doc));
  const newcomer = await house.raw('newcomer');
  expect(await newcomer.closed).toEqual({ code: 1013, reason: 'board-full' });
  const known = await seen('person-7');
  expect(rootOf(known, people).has('newcomer')).toBe(false);
  expect(rootOf(known, people).size).toBe(maxPeople);
});

test('D11 people who were dropped count, though not as known: their marks stay in the document', async () => {
  doc.transact(() => {
    const root = rootOf(doc, people);
    for (let i = maxPeople; i < maxRecords; i++) root.set(`person-${i}`, true);
    for (let i = 10; i < maxRecords; i++) root.delete(`person-${i}`);
  });
  await house.store.createBoard(record, Y.encodeStateAsUpdate(doc));
  const newcomer = await house.raw('newcomer');
  expect(await newcomer.closed).toEqual({ code: 1013, reason: 'board-full' });
});
