import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readAll, readRecord, rootOf, textOf } from '../../../shared/schema/read.ts';
import { maxCardText } from '../../../shared/limits.ts';
import { maxBatchBytes } from '../../../server/live/limits.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { board, openHouse } from './harness.ts';
import type { RawClient } from './raw-client.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };
const room = `${board}/board`;

let house: House;
let clock: FakeClock;

beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock });
  for (const person of ['ana', 'ben', 'cleo']) house.membership(person);
  house.membership('olga', 'observer');
});

afterEach(() => house.close());

/** A person whose edits are one frame each, counted as our own client counts them. */
class Writer {
  readonly doc = new Y.Doc();
  readonly raw: RawClient;
  readonly person: string;
  sent = 0;

  static async join(house: House, person: string): Promise<Writer> {
    const writer = new Writer(await house.raw(person, { control: true }), person);
    await writer.raw.next('step1');
    writer.raw.step2();
    writer.sent = 1;
    await writer.saved();
    return writer;
  }

  private constructor(raw: RawClient, person: string) {
    this.raw = raw;
    this.person = person;
    this.doc.on('update', (update: Uint8Array) => {
      this.sent++;
      raw.update(update);
    });
  }

  add(id: string): void {
    this.doc.transact(() =>
      rootOf(this.doc, cards).set(id, buildRecord(cards, { text: id, author: this.person })),
    );
  }

  /** Waits until everything sent is on disk. */
  async saved(): Promise<void> {
    while ((await this.raw.told('saved')).frames < this.sent);
  }
}

const isTold = (client: RawClient, kind: string) =>
  client.heard.some((one) => one.kind === 'control' && one.control.kind === kind);

async function onDisk(): Promise<Y.Doc> {
  const { snapshot, updates } = await house.store.load(room);
  const doc = new Y.Doc();
  for (const update of [snapshot, ...updates]) if (update) Y.applyUpdate(doc, update);
  return doc;
}

describe('from the queue to the disk', () => {
  test('D1 D6 updates of one turn are one journal entry, and one frame to the others', async () => {
    const ana = await Writer.join(house, 'ana');
    const ben = await Writer.join(house, 'ben');
    house.store.hold();
    ana.add('first');
    while (house.rooms.counters.updates < 1) await new Promise(setImmediate);
    for (let i = 0; i < 20; i++) ana.add(`a${i}`);
    for (let i = 0; i < 20; i++) ben.add(`b${i}`);
    await new Promise(setImmediate);
    const entries = house.store.journal.length;
    house.store.release();
    await Promise.all([ana.saved(), ben.saved()]);
    // The first, and all that arrived while it was written; sockets may split those once or twice.
    expect(house.store.journal.length - entries).toBeLessThan(6);
    expect(readAll(await onDisk(), cards)).toHaveLength(41);
  });

  test('B6 megabytes of one turn are several entries', async () => {
    const ana = await Writer.join(house, 'ana');
    house.membership('fia', 'facilitator');
    const fia = await Writer.join(house, 'fia');
    house.store.hold();
    ana.add('first');
    while (house.rooms.counters.updates < 1) await new Promise(setImmediate);
    const entries = house.store.journal.length;
    // 120 KiB each, of long cards.
    const large = 'x'.repeat(maxCardText);
    for (let i = 0; i < 12; i++)
      fia.doc.transact(() => {
        for (let n = 0; n < 30; n++)
          rootOf(fia.doc, cards).set(`${i}-${n}`, buildRecord(cards, { text: large, author: 'fia' }));
      });
    await new Promise(setImmediate);
    house.store.release();
    await Promise.all([ana.saved(), fia.saved()]);
    const sizes = house.store.journal.slice(entries).map(({ update }) => update.byteLength);
    expect(Math.max(...sizes)).toBeLessThan(maxBatchBytes + 130_000);
    expect(readAll(await onDisk(), cards)).toHaveLength(361);
  });

  test('D2 nobody sees Ana’s card before it is on disk', async () => {
    const ana = await Writer.join(house, 'ana');
    const ben = await Writer.join(house, 'ben');
    await ana.raw.state();
    ben.raw.heard.length = 0;
    house.store.hold();
    ana.add('card');
    while (house.rooms.counters.updates < 1) await new Promise(setImmediate);
    ben.raw.queryPresence();
    await ben.raw.next('presence');
    expect(ben.raw.heard).toEqual([]);
    house.store.release();
    const seen = new Y.Doc();
    Y.applyUpdate(seen, (await ben.raw.next('update')).bytes);
    expect(readRecord(seen, cards, 'card')?.text).toBe('card');
  });

  test('D2 the only author of an update does not get it; the others get the bytes that are on disk', async () => {
    const ana = await Writer.join(house, 'ana');
    const ben = await Writer.join(house, 'ben');
    await ana.raw.state();
    for (const { raw } of [ana, ben]) raw.heard.length = 0;
    ana.add('card');
    await ana.saved();
    expect((await ben.raw.next('update')).bytes).toEqual(house.store.journal.at(-1)?.update);
    expect(house.store.journal.at(-1)).toMatchObject({ room, person: 'ana' });
    expect(ana.raw.heard).toEqual([]);
  });

  test('W9 one packet is made for all, and due presence is in the same write', async () => {
    const ana = await Writer.join(house, 'ana');
    const others = ['ben', 'cleo'];
    const [ben, cleo] = await Promise.all(others.map((person) => Writer.join(house, person)));
    await ana.raw.state();
    clock.advance(1_000);
    ana.raw.presence([{ client: 7, clock: 1, state: {} }]);
    await ana.raw.state();
    clock.advance(25);
    ana.raw.presence([{ client: 7, clock: 2, state: {} }]);
    await ana.raw.state();
    const before = others.map((person) => house.written(person).length);
    ana.add('card');
    await ana.saved();
    await ben?.raw.next('update');
    await ben?.raw.next('presence', ({ entries }) => entries.some((entry) => entry.clock === 2));
    await cleo?.raw.next('update');
    const [toBen, toCleo] = others.map((person, i) => house.written(person).slice(before[i]));
    expect(toBen).toHaveLength(1);
    expect(toCleo).toHaveLength(1);
    expect(toBen?.[0]).toBe(toCleo?.[0]);
  });

  test('D3 frames are acknowledged when they are on disk, including empty ones', async () => {
    const ana = await Writer.join(house, 'ana');
    house.store.hold();
    ana.add('card');
    ana.raw.update(new Uint8Array([0, 0]));
    ana.sent++;
    while (house.rooms.counters.updates < 1) await new Promise(setImmediate);
    ana.raw.queryPresence();
    await ana.raw.next('presence');
    expect(isTold(ana.raw, 'saved')).toBe(false);
    house.store.release();
    await ana.saved();
    expect(ana.sent).toBe(3);
  });

  test('D3 the saved count stays below a held frame', async () => {
    const offline = new Y.Doc();
    rootOf(offline, cards).set('away', buildRecord(cards, { author: 'ana' }));
    const before = Y.encodeStateVector(offline);
    textOf(offline, cards, 'away', 'text')?.insert(0, 'typed before offering');
    const ana = await house.raw('ana', { control: true });
    ana.update(Y.encodeStateAsUpdate(offline, before));
    ana.update(new Uint8Array([0, 0]));
    await ana.state();
    expect(house.rooms.counters.heldUpdates).toBe(1);
    expect(isTold(ana, 'saved')).toBe(false);
    ana.step2(Y.encodeStateAsUpdate(offline));
    expect((await ana.told('saved')).frames).toBe(3);
  });

  test('D4 the state is not sent while it has edits that are not on disk', async () => {
    const ana = await Writer.join(house, 'ana');
    const ben = await house.raw('ben');
    await ben.next('update');
    house.store.hold();
    ana.add('card');
    while (house.rooms.counters.updates < 1) await new Promise(setImmediate);
    ben.step1(new Y.Doc());
    ben.queryPresence();
    await ben.next('presence');
    expect(ben.heard.map((one) => one.kind)).not.toContain('step2');
    house.store.release();
    const seen = new Y.Doc();
    Y.applyUpdate(seen, (await ben.next('step2')).bytes);
    expect(readRecord(seen, cards, 'card')).not.toBeNull();
  });
});

describe('a disk that fails', () => {
  test('D5 nothing is acknowledged or relayed; people stay and can read; edits are stored after it recovers', async () => {
    const ana = await Writer.join(house, 'ana');
    const ben = await house.stock('ben').synced();
    ana.add('before');
    await ana.saved();
    await ben.sees(() => readAll(ben.doc, cards).length === 1);
    house.store.fail(new Error('no space left'));
    ana.add('during');
    expect(await ana.raw.told('read-only')).toEqual({ kind: 'read-only', why: 'store' });
    ana.add('meanwhile');
    const cleo = await house.raw('cleo', { control: true });
    expect(await cleo.told('read-only')).toEqual({ kind: 'read-only', why: 'store' });
    expect(readAll(await cleo.state(), cards).map(({ id }) => id)).toEqual(['before']);
    clock.advance(4_000);
    expect(isTold(ana.raw, 'saved')).toBe(false);
    expect(readAll(ben.doc, cards)).toHaveLength(1);
    expect(readAll(await onDisk(), cards)).toHaveLength(1);

    house.store.fail(null);
    clock.advance(4_000);
    expect(await ana.raw.told('read-only')).toEqual({ kind: 'read-only', why: null });
    await ana.raw.next('step1');
    ana.raw.step2(Y.encodeStateAsUpdate(ana.doc));
    ana.sent++;
    await ana.saved();
    await ben.sees(() => readAll(ben.doc, cards).length === 3);
    expect(readAll(await onDisk(), cards)).toHaveLength(3);
    expect(house.rooms.counters.failedCommits).toBeGreaterThan(0);
    expect(house.log.join('')).not.toContain('during');
  });

  test('D5 a stock client is asked again automatically, and keeps its socket', async () => {
    const ana = await house.stock('ana').synced();
    let closes = 0;
    ana.provider.on('connection-close', () => closes++);
    house.store.fail(new Error('no space left'));
    addCard(ana.editor, cell, { text: 'during' });
    while (house.rooms.report()[0]?.state !== 'failing') await new Promise(setImmediate);
    house.store.fail(null);
    clock.advance(4_000);
    const ben = await house.stock('ben').synced();
    await ben.sees(() => readAll(ben.doc, cards)[0]?.text === 'during');
    expect(closes).toBe(0);
  });

  test('D5 an update that could not be stored is requested again at the heartbeat, not retried in a loop', async () => {
    const ana = await house.stock('ana').synced();
    house.store.break(new Error('this one'));
    addCard(ana.editor, cell, { text: 'odd' });
    while (house.rooms.counters.failedCommits === 0) await new Promise(setImmediate);
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
    expect(house.rooms.counters.failedCommits).toBe(1);
    house.store.break(null);
    clock.advance(4_000);
    const ben = await house.stock('ben').synced();
    await ben.sees(() => readAll(ben.doc, cards).length === 1);
  });

  test('D5 a board that cannot be read is busy, and read again when the next person joins', async () => {
    const load = house.store.load.bind(house.store);
    house.store.load = () => Promise.reject(new Error('disk'));
    expect(await (await house.raw('ana')).closed).toEqual({ code: 1013, reason: 'load-failed' });
    house.store.load = load;
    await (await house.raw('ana')).state();
  });
});

describe('the end', () => {
  test('D10 closing commits what has arrived, tells clients to come back, and stores the state', async () => {
    const ana = await Writer.join(house, 'ana');
    house.store.hold();
    ana.add('last');
    while (house.rooms.counters.updates < 1) await new Promise(setImmediate);
    const closing = house.rooms.close();
    const late = await house.raw('ben');
    expect((await late.closed).code).toBe(1012);
    house.store.release();
    expect(await ana.raw.closed).toEqual({ code: 1012, reason: 'restart' });
    await closing;
    const { snapshot, updates } = await house.store.load(room);
    expect(updates).toEqual([]);
    const kept = new Y.Doc();
    Y.applyUpdate(kept, snapshot ?? new Uint8Array());
    expect(readRecord(kept, cards, 'last')).not.toBeNull();
    expect((await ana.raw.told('saved')).frames).toBe(ana.sent);
  });

  test('D9 after many updates the room compacts its journal while people work', async () => {
    const ana = await Writer.join(house, 'ana');
    for (let i = 0; i < 1_001; i++) {
      ana.add(`c${i}`);
      await ana.saved();
    }
    expect(house.rooms.counters.checkpoints).toBe(1);
    expect(readAll(await onDisk(), cards)).toHaveLength(1_001);
  });
});
