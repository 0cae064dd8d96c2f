import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { board as boardDocument } from '../../../shared/documents.ts';
import { cards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readRecord, rootOf } from '../../../shared/schema/read.ts';
import { ideas } from '../../../shared/collections/idea.ts';
import { people } from '../../../shared/collections/person.ts';
import { maxPeople, maxRecords } from '../../../shared/limits.ts';
import { IntroducePeople } from '../../../server/documents/introduce-people.ts';
import type { Terms } from '../../../server/documents/work.ts';
import { renamingsPerDay, searchPause } from '../../../server/live/limits.ts';
import { FakeClock } from './fake-clock.ts';
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
let clock: FakeClock;

/** A board with as many people as it can know: person-0 to person-1999. */
beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock });
  doc = new Y.Doc();
  doc.transact(() => {
    for (let i = 0; i < maxPeople; i++) know(`person-${i}`);
  });
  for (const person of ['person-0', 'person-7', 'newcomer'])
    house.membership(person, 'participant', { board: record.id });
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

test('D11 a newcomer displaces absent people without content; authors, owners and present people stay', async () => {
  rootOf(doc, cards).set('card', buildRecord(cards, { author: 'person-1' }));
  rootOf(doc, ideas).set('idea', buildRecord(ideas, { author: 'person-2', owner: 'person-3' }));
  await house.store.createBoard(record, Y.encodeStateAsUpdate(doc));
  await seen('person-0');
  const known = rootOf(await seen('newcomer'), people);
  expect([...known.keys()].sort()).toEqual(['newcomer', 'person-0', 'person-1', 'person-2', 'person-3']);
});

test('D11 a person who was removed and comes back is known again', async () => {
  await house.store.createBoard(record, Y.encodeStateAsUpdate(doc));
  await seen('newcomer');
  expect(readRecord(await seen('person-7'), people, 'person-7')?.name).toBe('person-7');
});

test('D11 if nobody can be removed the board is full for newcomers, and known people can join', async () => {
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

test('D11 removed people count towards the limit, because their keys stay in the document', async () => {
  doc.transact(() => {
    const root = rootOf(doc, people);
    for (let i = maxPeople; i < maxRecords; i++) root.set(`person-${i}`, true);
    for (let i = 10; i < maxRecords; i++) root.delete(`person-${i}`);
  });
  await house.store.createBoard(record, Y.encodeStateAsUpdate(doc));
  const newcomer = await house.raw('newcomer');
  expect(await newcomer.closed).toEqual({ code: 1013, reason: 'board-full' });
});

test('D11 people whose records are all removed make room', async () => {
  doc.transact(() => {
    for (let i = 0; i < maxPeople; i++)
      rootOf(doc, cards).set(`card-${i}`, buildRecord(cards, { author: `person-${i}` }, i > 1));
  });
  await house.store.createBoard(record, Y.encodeStateAsUpdate(doc));
  const known = rootOf(await seen('newcomer'), people);
  expect([...known.keys()].sort()).toEqual(['newcomer', 'person-0', 'person-1']);
});

/** Two tokens of one person with different names and colours; joins alternately. */
async function joinsByTurns(times: number, role: 'participant' | 'observer'): Promise<Set<string>> {
  const names = new Set<string>();
  for (let i = 0; i < times; i++) {
    const other = i % 2 ? { name: 'one', color: '#111111' } : { name: 'two', color: '#222222' };
    house.membership('twofold', role, { board: record.id, ...other });
    const raw = await house.raw('twofold');
    names.add(readRecord(await raw.state(), people, 'twofold')?.name ?? '');
    await raw.leave();
  }
  return names;
}

test.each(['participant', 'observer'] as const)(
  'D11 a person who joins alternately under two names, as %s, is rewritten a limited number of times a day, but can join',
  async (role) => {
    await house.store.createBoard(record, Y.encodeStateAsUpdate(new Y.Doc()));
    await joinsByTurns(renamingsPerDay.person + 1, role);
    const { length } = house.store.journal;
    expect(length).toBe(renamingsPerDay.person + 1);
    expect(await joinsByTurns(20, role)).toEqual(new Set(['two']));
    expect(house.store.journal.length).toBe(length);
    // Others can still take a name.
    house.membership('person-7', 'participant', { board: record.id, name: 'first' });
    await seen('person-7');
    house.membership('person-7', 'participant', { board: record.id, name: 'second' });
    expect(readRecord(await (await house.raw('person-7')).state(), people, 'person-7')?.name).toBe('second');
    clock.advance(24 * 3_600_000);
    expect(await joinsByTurns(2, role)).toEqual(new Set(['two', 'one']));
  },
);

describe('D11 the people named by the records of a full board', () => {
  let known: IntroducePeople;
  let present: Set<string>;
  /** The charge for each search, in milliseconds. */
  let charged: number[];

  beforeEach(() => {
    doc.transact(() => {
      for (let i = 0; i < maxPeople - 1; i++)
        rootOf(doc, cards).set(`card-${i}`, buildRecord(cards, { author: `person-${i}` }));
    });
    known = new IntroducePeople(doc, boardDocument);
    present = new Set([`person-${maxPeople - 1}`]);
    charged = [];
  });

  const knock = (person = 'newcomer', role: 'participant' | 'facilitator' = 'participant') => {
    const terms: Terms = {
      present: () => present,
      admit: () => true,
      rename: () => true,
      charge: (ms) => charged.push(ms),
      now: () => clock.now(),
    };
    return known.joined(house.membership(person, role), terms);
  };
  const touch = () => (rootOf(doc, cards).get('card-0') as Y.Map<unknown>).set('evidence', 'data');

  test('D11 are searched at the newcomer’s cost, and not again before the document changes', () => {
    for (let i = 0; i < 50; i++) expect(knock(`stranger-${i}`)).toBe(false);
    expect(charged).toHaveLength(1);
    expect(charged[0]).toBeGreaterThan(0);
    clock.advance(10_000);
    expect(knock()).toBe(false);
    expect(charged).toHaveLength(1);
    touch();
    expect(knock()).toBe(false);
    expect(charged).toHaveLength(2);
    // Known people and facilitators can join.
    expect(knock('person-3')).toBe(true);
    expect(knock('lead', 'facilitator')).toBe(true);
  });

  test('D11 are searched at most a twentieth of the time, however often the document changes', () => {
    for (let i = 0; i < 20; i++) {
      touch();
      expect(knock(`stranger-${i}`)).toBe(false);
    }
    expect(charged).toHaveLength(1);
    clock.advance(Math.ceil((charged[0] ?? 0) * searchPause));
    expect(knock()).toBe(false);
    expect(charged).toHaveLength(2);
  });

  test('D11 make room as soon as a person leaves whom no record names', () => {
    expect(knock()).toBe(false);
    present.clear();
    expect(knock()).toBe(true);
    expect(charged).toHaveLength(1);
    expect(rootOf(doc, people).has(`person-${maxPeople - 1}`)).toBe(false);
  });

  test('D11 include those of the same transaction', () => {
    expect(knock()).toBe(false);
    clock.advance(10_000);
    present.clear();
    doc.transact(() => {
      rootOf(doc, cards).set('late', buildRecord(cards, { author: `person-${maxPeople - 1}` }));
      expect(knock()).toBe(false);
    });
    expect(charged).toHaveLength(2);
  });
});
