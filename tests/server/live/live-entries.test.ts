import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/collections/card.ts';
import { board as boardDocument, openRoots } from '../../../shared/documents.ts';
import { rootOf, storedRecord } from '../../../shared/schema/read.ts';
import { emotions } from '../../../shared/collections/emotion.ts';
import { maxRecords } from '../../../shared/limits.ts';
import type { Refusal } from '../../../shared/wire/protocol.ts';
import type { Role } from '../../../shared/roles.ts';
import { Guard } from '../../../server/live/guard/guard.ts';
import { participantShare, pastEntries } from '../../../server/live/limits.ts';
import type { HandStruct } from './hand-update.ts';
import { handUpdate } from './hand-update.ts';

/** What participants may fill of a collection. */
const most = maxRecords * participantShare;
const calm = { persona: 'p', phase: 'q', emotion: 'calm', presence: 'present', seen: 'survey' };

let doc: Y.Doc;
let guard: Guard;
let made: number;

beforeEach(() => {
  doc = new Y.Doc();
  openRoots(doc);
  guard = new Guard(doc, new Map(), boardDocument);
  made = 0;
});

/** Cards that are live, from c0 on, and removed ones, from g0 on. */
function fill(there: number, gone: number): void {
  doc.transact(() => {
    const root = rootOf(doc, cards);
    for (let i = 0; i < there; i++) root.set(`c${i}`, new Y.Map());
    for (let i = 0; i < gone; i++) root.set(`g${i}`, new Y.Map([['gone', true]]));
  });
}

/** Ana sends structs under a client id of their own, with deleted ranges. Accepted updates are applied. */
function send(
  structs: readonly HandStruct[],
  role: Role = 'participant',
  client = 100 + made++,
): Refusal | 'pass' {
  const update = handUpdate([{ client, clock: 0, structs }]);
  const verdict = guard.judge(update, { person: 'ana', role });
  if (verdict.kind === 'refuse') return verdict.reason;
  Y.applyUpdate(doc, update);
  return 'pass';
}

const card = (): HandStruct => ({ parent: cards.name, key: `new${made++}`, content: { type: 'map' } });
const adds = (count = 1, role?: Role) => send(Array.from({ length: count }, card), role);

/** A removal mark in a card, after the existing one. */
function mark(id: string, gone: boolean): HandStruct {
  const record = storedRecord(doc, cards, id);
  const last = record?._map.get('gone')?.lastId;
  if (!record?._item) throw new Error('no card');
  const { client, clock } = record._item.id;
  return last
    ? { origin: { client: last.client, clock: last.clock }, content: { any: [gone] } }
    : { parent: { client, clock }, key: 'gone', content: { any: [gone] } };
}

describe('G16 the records of a collection', () => {
  test('G16 are limited, and the last are for facilitators', () => {
    fill(most - 1, 0);
    expect(adds()).toBe('pass');
    expect(adds()).toBe('too-many');
    expect(adds(maxRecords - most, 'facilitator')).toBe('pass');
    expect(adds(1, 'facilitator')).toBe('too-many');
  });

  test('G16 count while they are live: a removed one makes room, and none is restored above the limit', () => {
    fill(most - 1, 30_000);
    expect(adds()).toBe('pass');
    expect(adds()).toBe('too-many');
    expect(send([mark('g0', false)])).toBe('too-many');
    expect(send([mark('c0', true)])).toBe('pass');
    expect(send([mark('g0', false)])).toBe('pass');
    expect(adds()).toBe('too-many');
    expect(storedRecord(doc, cards, 'c0')?.get('gone')).toBe(true);
  });

  test('G16 that are created hidden, as the page does, count when they are shown', () => {
    fill(most, 0);
    const record = { client: 7, clock: 0 };
    const hidden = { parent: record, key: 'gone', content: { any: [true] } } as const;
    expect(send([card(), hidden], 'participant', record.client)).toBe('pass');
    expect(send([{ origin: { client: 7, clock: 1 }, content: { any: [false] } }])).toBe('too-many');
    expect(
      send(
        [
          card(),
          { ...hidden, parent: { client: 8, clock: 0 } },
          { origin: { client: 8, clock: 1 }, content: { any: [false] } },
        ],
        'participant',
        8,
      ),
    ).toBe('too-many');
  });

  test('G16 make no room by a removal that loses against a concurrent change', () => {
    fill(most, 10);
    expect(send([mark('c0', false)])).toBe('pass');
    const record = storedRecord(doc, cards, 'c0')?._item?.id;
    if (!record) throw new Error('no card');
    const loser = {
      parent: { client: record.client, clock: record.clock },
      key: 'gone',
      content: { any: [true] },
    } as const;
    expect(send([loser, card()], 'participant', 0)).toBe('too-many');
    // Nor by a mark that was deleted before it was sent, which leaves the record live.
    const last = storedRecord(doc, cards, 'g0')?._map.get('gone')?.id;
    if (!last) throw new Error('no mark');
    expect(send([{ origin: { client: last.client, clock: last.clock }, content: { deleted: 1 } }])).toBe(
      'too-many',
    );
  });

  test('G16 are limited to three times as many with removed ones, which can still be restored', () => {
    fill(1, most * pastEntries - 2);
    expect(adds()).toBe('pass');
    expect(adds()).toBe('too-many');
    expect(adds(1, 'facilitator')).toBe('pass');
    expect(send([mark('g0', false)])).toBe('pass');
  });

  test('G16 are counted once near the limit, and never far from it', () => {
    const walk = vi.spyOn(rootOf(doc, cards), 'keys');
    fill(1_000, 0);
    for (let i = 0; i < 10; i++) expect(adds()).toBe('pass');
    expect(walk).not.toHaveBeenCalled();
    fill(most - 100, 1_000);
    for (let i = 0; i < 50; i++) expect(adds()).toBe('pass');
    expect(send([mark('c1', true)])).toBe('pass');
    expect(adds(41)).toBe('pass');
    expect(adds()).toBe('too-many');
    expect(walk).toHaveBeenCalledTimes(1);
  });
});

describe('G16 the values of a collection', () => {
  /** Sets a value, after the one that is or was there. */
  function set(key: string) {
    const last = rootOf(doc, emotions)._map.get(key)?.lastId;
    const place = last
      ? { origin: { client: last.client, clock: last.clock } }
      : { parent: emotions.name, key };
    return send([{ ...place, content: { any: [calm] } }]);
  }
  const fillValues = (there: number, past: number) =>
    doc.transact(() => {
      const root = rootOf(doc, emotions);
      for (let i = 0; i < there; i++) root.set(`k${i}`, calm);
      for (let i = 0; i < past; i++) root.set(`p${i}`, calm);
      for (let i = 0; i < past; i++) root.delete(`p${i}`);
    });

  test('G16 count while they are set', () => {
    fillValues(most - 1, 10);
    expect(set('p0')).toBe('pass');
    expect(set('k20')).toBe('pass');
    expect(set('p1')).toBe('too-many');
    const last = rootOf(doc, emotions)._map.get('k30')?.id;
    if (!last) throw new Error('no value');
    const update = handUpdate([], [{ client: last.client, clock: last.clock, length: 1 }]);
    expect(guard.judge(update, { person: 'ana', role: 'participant' }).kind).toBe('pass');
    Y.applyUpdate(doc, update);
    expect(set('p1')).toBe('pass');
    expect(set('p2')).toBe('too-many');
  });

  test('G16 are limited to three times as many including those ever set', () => {
    fillValues(0, most * pastEntries - 1);
    expect(set('one')).toBe('pass');
    expect(set('two')).toBe('too-many');
    expect(set('p0')).toBe('pass');
  });

  test('G16 include what the server writes from the next count on', () => {
    fillValues(most, 1);
    expect(set('p0')).toBe('too-many');
    rootOf(doc, emotions).delete('k0');
    guard.changedByServer();
    expect(set('p0')).toBe('pass');
  });
});
