import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readAll, readRecord, rootOf } from '../../../shared/schema/read.ts';
import { maxCardText } from '../../../shared/limits.ts';
import { syncKind } from '../../../shared/wire/protocol.ts';
import { TimeSlicedQueue } from '../../../server/live/time-sliced-queue.ts';
import { PeopleRates } from '../../../server/live/socket/rate-limits.ts';
import {
  connectionRates,
  heavyWork,
  lightWork,
  maxSocketsPerPerson,
  maxTickMs,
  personRates,
  skipPresenceBytes,
} from '../../../server/live/limits.ts';
import type { Line } from '../../../server/live/socket/line.ts';
import { SocketWriter } from '../../../server/live/socket/socket-writer.ts';
import { Unread } from '../../../server/live/socket/unread.ts';
import { newCounters } from '../../../server/live/counters.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { board, openHouse } from './harness.ts';
import type { RawClient } from './raw-client.ts';
import { syncFrame } from './raw-client.ts';
import { clientFrame, opcode, TcpClient } from './tcp-client.ts';

let house: House;
let clock: FakeClock;
let ana: RawClient;
let ben: RawClient;

/** A board of 600 KB, so that a slow reader falls behind soon: the network itself buffers megabytes. */
beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock });
  for (const person of ['ana', 'ben', 'cleo']) house.membership(person);
  house.membership('olga', 'observer');
  const doc = new Y.Doc();
  for (let i = 0; i < 150; i++)
    rootOf(doc, cards).set(`c${i}`, buildRecord(cards, { text: 'x'.repeat(maxCardText) }));
  ana = await house.raw('ana', { control: true });
  ana.step2(Y.encodeStateAsUpdate(doc));
  await ana.told('saved');
  ben = await house.raw('ben');
  await ben.state();
});

afterEach(() => house.close());

/** Sends Ben, who does not read, so much that it is unread on the server. */
async function flood(bytes: number): Promise<void> {
  ben.socket.pause();
  const { counters } = house.rooms;
  while (
    (house.rooms.sockets(board).find(({ person }) => person === 'ben')?.bufferedBytes ?? Infinity) < bytes
  ) {
    const { statesSent } = counters;
    ben.step1(new Y.Doc());
    while (counters.statesSent === statesSent) await new Promise(setImmediate);
  }
}

/** With many sockets a room waits between two commits, on the test's clock. */
async function committed(): Promise<void> {
  while (house.rooms.gauges.unsaved > 0) {
    clock.advance(maxTickMs);
    await new Promise(setImmediate);
  }
}

/** Ana writes a card, and waits until it is on disk. */
async function addCard(id: string): Promise<void> {
  const doc = new Y.Doc();
  rootOf(doc, cards).set(id, buildRecord(cards, { text: id, author: 'ana' }));
  ana.update(Y.encodeStateAsUpdate(doc));
  await ana.told('saved');
}

test('B1 a slow reader gets no presence until it has caught up, then all of it', async () => {
  await flood(65 << 10);
  const { counters } = house.rooms;
  ana.presence([{ client: 1, clock: 1, state: {} }]);
  await ana.next('presence');
  expect(counters.presenceSkipped).toBe(1);
  ben.socket.resume();
  while (house.rooms.sockets(board).some(({ bufferedBytes }) => bufferedBytes > 0))
    await new Promise(setImmediate);
  clock.advance(4_000);
  await ben.next('presence', ({ entries }) => entries.some((one) => one.clock === 1));
  expect(counters.slowReaders).toBe(0);
});

test('B1 a reader that missed Cleo’s departure gets it after it has caught up', async () => {
  const cleo = await house.raw('cleo');
  cleo.presence([{ client: 3, clock: 1, state: {} }]);
  await ben.next('presence', ({ entries }) => entries.some((one) => one.client === 3));
  await flood(65 << 10);
  await cleo.leave();
  while (house.rooms.counters.presenceSkipped === 0) {
    clock.advance(33);
    await new Promise(setImmediate);
  }
  ben.socket.resume();
  while (house.rooms.sockets(board).some(({ bufferedBytes }) => bufferedBytes > 0))
    await new Promise(setImmediate);
  clock.advance(4_000);
  await ben.next('presence', ({ entries }) => entries.some((one) => one.client === 3 && one.state === null));
});

test('B2 a reader that is far behind gets no updates until it has caught up, then one difference', async () => {
  await flood(1 << 20);
  const { counters } = house.rooms;
  // The last update that is sent to Ben. From now on he is behind.
  await addCard('first');
  expect(house.rooms.sockets(board).find(({ person }) => person === 'ben')?.isBehind).toBe(true);
  const { framesOut } = counters;
  for (let n = 0; n < 20; n++) await addCard(`missed${n}`);
  // Only Ana was sent frames: one acknowledgement each.
  expect(counters.framesOut - framesOut).toBe(20);
  expect(counters.readersBehind).toBe(1);
  ben.heard.length = 0;
  ben.socket.resume();
  const known = new Y.Doc();
  while (!readRecord(known, cards, 'missed19')) {
    await ben.next('step2', ({ bytes }) => (Y.applyUpdate(known, bytes), true));
    for (const one of ben.heard) if (one.kind === 'update') Y.applyUpdate(known, one.bytes);
  }
  const isNews = (bytes: Uint8Array) => Buffer.from(bytes).includes('missed');
  expect(ben.heard.filter((one) => one.kind === 'update' && isNews(one.bytes))).toEqual([]);
  expect(readAll(known, cards)).toHaveLength(171);
  await addCard('after');
  await ben.next('update');
});

test('B3 closes a reader that is behind for 30 s; others are not affected', async () => {
  await flood(1 << 20);
  await addCard('first');
  clock.advance(28_000);
  expect(house.rooms.socketCount(board)).toBe(2);
  clock.advance(4_000);
  expect(house.rooms.socketCount(board)).toBe(1);
  expect(house.rooms.counters.slowReaders).toBe(1);
  ben.socket.resume();
  expect(await ben.closed).toEqual({ code: 1013, reason: 'too-slow' });
  await addCard('second');
});

test('B3 closes a reader with more than 8 MiB unread at once', async () => {
  await flood(9 << 20);
  ben.step1(new Y.Doc());
  while (house.rooms.counters.slowReaders === 0) await new Promise(setImmediate);
  ben.socket.resume();
  expect(await ben.closed).toEqual({ code: 1013, reason: 'too-slow' });
  await addCard('second');
  expect(ana.socket.readyState).toBe(ana.socket.OPEN);
});

test('B3 closes a client that answers pings but does not read its answer', async () => {
  const line = await TcpClient.open(house.port, `/sync/${board}/board?seat=cleo`);
  line.socket.pause();
  const hers = () => house.rooms.sockets(board).find(({ person }) => person === 'cleo');
  while (hers()?.bufferedBytes === 0) {
    line.write(clientFrame(syncFrame(syncKind.step1, Uint8Array.of(0))));
    await new Promise(setImmediate);
  }
  let waitedMs = 0;
  for (; hers(); waitedMs += 4_000) {
    line.write(clientFrame(new Uint8Array(), { kind: opcode.pong }));
    const { pingsIn } = house.rooms.counters;
    while (house.rooms.counters.pingsIn === pingsIn) await new Promise(setImmediate);
    clock.advance(4_000);
    // The others answer as well.
    ana.queryPresence();
    await ana.next('presence');
  }
  expect(waitedMs).toBeGreaterThanOrEqual(30_000);
  expect(waitedMs).toBeLessThan(60_000);
  expect(house.rooms.counters.slowReaders).toBe(1);
  line.close();
});

test('B4 a client that sends too much is paused; nothing is lost, and others continue', async () => {
  const { counters } = house.rooms;
  const { burst } = connectionRates.updates;
  // Ben's sync step 1 counts as one update, and the update that goes into debt is still read.
  const read = counters.framesIn + burst;
  for (let n = 0; n < 4 * burst; n++) ben.update(new Uint8Array([0, 0]));
  ben.presence([{ client: 2, clock: 1, state: {} }]);
  while (counters.framesIn < read) await new Promise(setImmediate);
  await addCard('meanwhile');
  ana.queryPresence();
  expect((await ana.next('presence')).entries).toEqual([]);
  // Ana's two frames, and none of Ben's.
  expect(counters.framesIn).toBe(read + 2);
  while (!ana.heard.some((one) => one.kind === 'presence' && one.entries.length > 0)) {
    clock.advance(1_000);
    ana.queryPresence();
    await ana.state();
  }
  expect(ben.socket.readyState).toBe(ben.socket.OPEN);
});

test('B5 two sockets of one person share the person’s rates, and both wait for a debt of either', () => {
  const rates = new PeopleRates(clock);
  const [one, two, other] = [rates.of(board, 'ben'), rates.of(board, 'ben'), rates.of(board, 'ana')];
  expect(one.charge('presence', connectionRates.presence.burst)).toBe(0);
  expect(two.charge('presence', personRates.presence.burst - connectionRates.presence.burst)).toBeGreaterThan(
    0,
  );
  clock.advance(10_000);
  expect([one.owes, two.owes]).toEqual([0, 0]);
  // Half of one second's rate of a person, less than one connection's burst.
  for (const rate of [one, two]) rate.charge('updates', connectionRates.updates.burst);
  expect(one.owes).toBe(0);
  one.charge('updates', 0.5 * personRates.updates.perSecond);
  expect([one.owes, two.owes]).toEqual([1_000, 500]);
  expect(other.owes).toBe(0);
  for (const rate of [one, two]) rate.close();
  rates.sweep();
  expect(rates.of(board, 'ben').owes).toBe(500);
});

test('B11 each person has a guaranteed share of server time; beyond that all share one pool', () => {
  const rates = new PeopleRates(clock);
  const busy = Array.from({ length: 20 }, (_, i) => rates.of(board, `busy${i}`));
  const light = rates.of(board, 'ana');
  // The excess over their own shares empties the pool.
  for (const one of busy) one.charge('work', lightWork.burst + 1.1 * (heavyWork.burst / busy.length));
  for (const one of busy) expect(one.owes).toBeGreaterThan(0);
  expect(light.charge('work', lightWork.burst)).toBe(0);
  // A person above that share now waits for the pool too.
  expect(light.charge('work', 1)).toBeGreaterThan(0);
  expect(light.owes).toBe(200);
  clock.advance(200);
  expect(light.owes).toBe(0);
});

test('B6 above 8 MiB waiting for the disk the senders are paused, and resume when it has caught up', async () => {
  const cleo = await house.raw('cleo');
  await cleo.state();
  const crowd = [ana, ben, cleo];
  house.store.hold();
  await hold();
  const doc = new Y.Doc();
  const bulk = 'x'.repeat(maxCardText);
  doc.transact(() => {
    for (let n = 0; n < 200; n++) rootOf(doc, cards).set(`b${n}`, buildRecord(cards, { text: bulk }));
  });
  const update = Y.encodeStateAsUpdate(doc);
  for (const one of crowd) for (let n = 0; n < 5; n++) one.update(update);
  for (const [client, one] of crowd.entries()) one.presence([{ client, clock: 1, state: {} }]);
  for (let n = 0; n < 500; n++) await new Promise(setImmediate);
  const olga = await house.raw('olga');
  olga.queryPresence();
  expect((await olga.next('presence')).entries.length).toBeLessThan(3);
  house.store.release();
  do {
    olga.queryPresence();
    await new Promise(setImmediate);
  } while ((await olga.next('presence')).entries.length < 3);
  expect(house.rooms.counters.delays).toBe(0);
});

/** Starts one small update on a disk that does not answer, so that all others wait behind it. */
async function hold(): Promise<void> {
  const { updates } = house.rooms.counters;
  const doc = new Y.Doc();
  rootOf(doc, cards).set('small', buildRecord(cards, { author: 'ana' }));
  ana.update(Y.encodeStateAsUpdate(doc));
  while (house.rooms.counters.updates === updates) await new Promise(setImmediate);
}

test('B7 large answers are sent over several turns, with edits of others in between', async () => {
  const turns: number[] = [];
  let turn = 0;
  const count = () => {
    turn++;
    if (turns.length < 40) setImmediate(count);
  };
  const paced = new TimeSlicedQueue(1);
  const busy = () => {
    const until = performance.now() + 0.6;
    while (performance.now() < until);
    turns.push(turn);
  };
  for (let n = 0; n < 40; n++) paced.run(busy);
  setImmediate(count);
  while (turns.length < 40) await new Promise(setImmediate);
  expect(new Set(turns).size).toBeGreaterThan(10);
});

describe('B13 answers for a single reader', () => {
  /** Ben's state vector has something unknown, and nothing of the board. */
  const strange = (n: number) =>
    syncFrame(syncKind.step1, Y.encodeStateVector(new Map([[4_000_000_000 + n, 1]])));

  test('B13 a client that does not read gets the stored state, whose bytes are shared by all', async () => {
    const state = await ana.state();
    await flood(2 << 20);
    const { counters } = house.rooms;
    const { statesSent, differencesEncoded } = counters;
    ben.step1(state);
    while (counters.statesSent === statesSent) await new Promise(setImmediate);
    expect(counters.differencesEncoded).toBe(differencesEncoded);
    ben.socket.resume();
    while (house.rooms.sockets(board).some(({ bufferedBytes }) => bufferedBytes > 0))
      await new Promise(setImmediate);
    ben.step1(state);
    while (counters.differencesEncoded === differencesEncoded) await new Promise(setImmediate);
  });

  test('B13 a difference is cached for equal requests; a large one is not encoded', async () => {
    const { counters } = house.rooms;
    const state = await ben.state();
    const { statesSent, differencesEncoded } = counters;
    for (let n = 0; n < 2; n++) {
      ben.step1(state);
      await ben.next('step2');
    }
    expect(counters.differencesEncoded - differencesEncoded).toBe(1);
    ben.send(strange(1));
    await ben.next('step2');
    expect([counters.differencesEncoded - differencesEncoded, counters.statesSent - statesSent]).toEqual([
      1, 1,
    ]);
  });

  test('B13 unread bytes count until they are read or the socket closes', () => {
    const unread = new Unread(10);
    const [one, two] = [unread.add(6), unread.add(6)];
    expect(unread.isFull).toBe(true);
    one();
    one();
    expect(unread.isFull).toBe(false);
    two();
    unread.add(9);
    expect(unread.isFull).toBe(false);
  });
});

test('B13 a client that requests twenty answers and reads none has one listener; all twenty count', () => {
  const stream = new Writable({ highWaterMark: 1, write: () => undefined });
  const line = { socket: { readyState: 1, OPEN: 1 }, stream } as unknown as Line;
  const writer = new SocketWriter(
    line,
    { clock: new FakeClock(), counters: newCounters() },
    { caughtUp: () => {}, tooSlow: () => {} },
  );
  const unread = new Unread(19 * skipPresenceBytes * 2);
  const closers = () => stream.listenerCount('close');
  writer.answer([Buffer.alloc(skipPresenceBytes * 2)], unread);
  const before = closers();
  for (let i = 0; i < 19; i++) writer.answer([Buffer.alloc(skipPresenceBytes * 2)], unread);
  expect(closers()).toBe(before);
  expect(unread.isFull).toBe(true);
  stream.emit('close');
  expect(unread.isFull).toBe(false);
});

test('B10 the sockets of a person on a board are limited; others can still join', async () => {
  house.membership('mallory');
  const [first] = await Promise.all(Array.from({ length: maxSocketsPerPerson }, () => house.raw('mallory')));
  const hers = () => house.rooms.sockets(board).filter(({ person }) => person === 'mallory').length;
  expect(hers()).toBe(maxSocketsPerPerson);
  const excess = await house.raw('mallory');
  expect(await excess.closed).toEqual({ code: 1013, reason: 'too-many-sockets' });
  await (await house.raw('cleo')).state();
  await first?.leave();
  while (hers() === maxSocketsPerPerson) await new Promise(setImmediate);
  await (await house.raw('mallory')).state();
  await committed();
});

test('B5 B10 a device that joins by two links has the rates and sockets of one', async () => {
  const device = 'device of mallory';
  house.membership('lead', 'facilitator', { device, color: '#a00000' });
  house.membership('guest', 'participant', { device, color: '#b00000' });
  const half = Array.from({ length: maxSocketsPerPerson / 2 });
  await Promise.all(half.map(() => house.raw('lead')));
  await Promise.all(half.map(() => house.raw('guest')));
  for (const name of ['lead', 'guest'])
    expect(await (await house.raw(name)).closed).toEqual({ code: 1013, reason: 'too-many-sockets' });
  expect(house.rooms.sockets(board).filter(({ person }) => ['lead', 'guest'].includes(person))).toHaveLength(
    maxSocketsPerPerson,
  );
  expect(house.rooms.colorsTaken(board)).toEqual(expect.arrayContaining(['#a00000', '#b00000']));
  expect(house.rooms.colorsTaken(board, device)).toEqual(['#5b3df5']);
  await committed();
});
