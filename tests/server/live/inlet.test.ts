import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import * as encoding from 'lib0/encoding';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readRecord, rootOf } from '../../../shared/schema/read.ts';
import { maxCardText } from '../../../shared/limits.ts';
import { frameKind, syncKind } from '../../../shared/wire/protocol.ts';
import {
  connectionRates,
  deafMs,
  farewellFrames,
  lightWork,
  heavyWork,
  personRates,
  tariff,
} from '../../../server/live/limits.ts';
import { FakeClock } from './fake-clock.ts';
import { handUpdate } from './hand-update.ts';
import type { House } from './harness.ts';
import { board, openHouse } from './harness.ts';
import type { Heard, RawClient } from './raw-client.ts';
import { syncFrame } from './raw-client.ts';
import { clientFrame, opcode, TcpClient } from './tcp-client.ts';

let house: House;
let clock: FakeClock;
let ana: RawClient;
let lines: TcpClient[];

beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock, allowances: boundless });
  for (const person of ['ana', 'mallory']) house.membership(person);
  house.membership('olga', 'observer');
  ana = await house.raw('ana', { control: true });
  await ana.next('step1');
  ana.step2();
  await ana.told('saved');
  lines = [];
});

afterEach(async () => {
  for (const line of lines) line.close();
  let isClosed = false;
  const closing = house.close().then(() => (isClosed = true));
  await untilCommitted(() => isClosed);
  await closing;
});

async function dial(person: string, early?: Uint8Array): Promise<TcpClient> {
  const line = await TcpClient.open(house.port, `/sync/${board}/board?seat=${person}`, early);
  lines.push(line);
  return line;
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await turn();
}

/** Allowances do not matter here, only rates. */
const much = { clients: 1e6, records: 1e6, keys: 1e6, bytes: 1e9 };
const boundless = {
  person: much,
  board: much,
  leads: { person: 1e6, board: 1e6 },
  newcomers: 1e6,
  renamings: { person: 1e6, role: 1e6 },
};

/** New client ids that one socket may bring at once. */
const mostNewcomers =
  (Math.min(connectionRates.work.burst, lightWork.burst + heavyWork.burst) * 1_000) / tariff.newcomer;

/**
 * Waits until Mallory is in debt and her updates are not checked: sooner on a slow machine, which charges for its time.
 */
async function untilInDebt(): Promise<void> {
  await until(() => house.rooms.counters.delays > 0);
  for (let seen = -1, same = 0; same < 10; same++) {
    const { updates } = house.rooms.counters;
    if (updates !== seen || house.rooms.gauges.unsaved > 0) same = 0;
    seen = updates;
    await turn();
  }
}

/** A room of many sockets waits a little between two commits, on the test's clock. */
async function untilCommitted(what: () => boolean): Promise<void> {
  for (; !what(); clock.advance(1)) await turn();
}

/** This many frames in one piece. */
const times = (count: number, frame: Uint8Array) => Buffer.concat(Array.from({ length: count }, () => frame));

const nothing = new Uint8Array();
const emptyStep2 = clientFrame(syncFrame(syncKind.step2, Uint8Array.of(0, 0)));
const query = clientFrame(Uint8Array.of(frameKind.queryAwareness));

/**
 * The most expensive frame for its size: one struct that nobody keeps, and a client id that everybody keeps for good.
 */
const newcomerUpdate = (client: number) =>
  handUpdate([{ client: 1_000_000 + client, clock: 0, structs: [{ content: { gc: 1 } }] }]);
const newcomer = (client: number) => clientFrame(syncFrame(syncKind.update, newcomerUpdate(client)));

/** Ana writes a card, and waits until it is on disk. */
async function anaWrites(id: string): Promise<void> {
  ana.update(cardOf('ana', id));
  if (house.rooms.socketCount(board) > 6) await untilCommitted(() => ana.heard.some(isSaved));
  await ana.told('saved');
}

const isSaved = (one: Heard) => one.kind === 'control' && one.control.kind === 'saved';

function cardOf(author: string, id: string): Uint8Array {
  const doc = new Y.Doc();
  rootOf(doc, cards).set(id, buildRecord(cards, { text: id, author }));
  return Y.encodeStateAsUpdate(doc);
}

describe('B4 too many frames of any kind wait, in the middle of a chunk', () => {
  test.for<[string, string, Buffer]>([
    ['pongs', 'olga', times(10_000, clientFrame(nothing, { kind: opcode.pong }))],
    ['pings', 'olga', times(10_000, clientFrame(nothing, { kind: opcode.ping }))],
    [
      'fragments of a byte',
      'mallory',
      Buffer.concat([
        clientFrame(Uint8Array.of(1), { isFinal: false }),
        times(2_000, clientFrame(Uint8Array.of(1), { kind: opcode.continuation, isFinal: false })),
      ]),
    ],
  ])('B4 %s by one socket', async ([, person, chunk]) => {
    const line = await dial(person);
    line.write(chunk);
    await until(() => house.rooms.counters.delays > 0);
    const { burst, perSecond } = connectionRates.pings;
    expect(house.rooms.counters.pingsIn).toBe(burst + 1);
    await anaWrites('meanwhile');
    // The room accepts only as many frames as time pays for.
    clock.advance(3_000);
    await anaWrites('later');
    expect(house.rooms.counters.pingsIn).toBeGreaterThan(burst + 1);
    expect(house.rooms.counters.pingsIn).toBeLessThanOrEqual(burst + 1 + 3 * perSecond);
    expect(house.rooms.socketCount(board)).toBe(2);
  });

  test('B4 a frame in pieces of one byte', async () => {
    const line = await dial('mallory');
    const frame = clientFrame(new Uint8Array(600).fill(1));
    for (let at = 0; house.rooms.counters.delays === 0; at++) {
      expect(at).toBeLessThan(frame.length);
      line.write(frame.subarray(at, at + 1));
      await turn();
    }
    expect(house.rooms.counters.pingsIn).toBe(connectionRates.pings.burst + 1);
  });

  test('B4 pongs by 40 sockets of one person share the person’s rate', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => dial('olga')));
    for (const line of all) line.write(times(1_000, clientFrame(nothing, { kind: opcode.pong })));
    await until(() => house.rooms.counters.delays >= all.length);
    expect(house.rooms.counters.pingsIn).toBe(personRates.pings.burst + 1);
    await anaWrites('meanwhile');
  });

  test('B4 bytes are counted on the wire, including headers and control frames', async () => {
    const before = house.rooms.counters.bytesIn;
    const line = await dial('mallory');
    const sent = [emptyStep2, clientFrame(Uint8Array.of(1, 2), { kind: opcode.pong }), query];
    line.write(...sent);
    await until(() => line.opcodes.length > 0 && house.rooms.counters.framesIn >= 3);
    expect(house.rooms.counters.bytesIn - before).toBe(Buffer.concat(sent).length);
  });
});

describe('B5 a sender in debt for work', () => {
  test('B5 B11 7,000 expensive frames in one chunk: those before the debt count, the others wait in order', async () => {
    const line = await dial('mallory');
    const { updates } = house.rooms.counters;
    line.write(emptyStep2, ...Array.from({ length: 7_000 }, (_, i) => newcomer(i)));
    await untilInDebt();
    const passed = house.rooms.counters.updates - updates;
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThanOrEqual(mostNewcomers + 1);
    await anaWrites('meanwhile');
    clock.advance(10_000);
    await anaWrites('later');
    const later = house.rooms.counters.updates - updates - passed;
    expect(later).toBeGreaterThan(2);
    expect(later).toBeLessThanOrEqual(3 + (10 * heavyWork.perSecond * 1_000) / tariff.newcomer);
    expect(house.rooms.counters.refusals['missing-dependency']).toBe(0);
  });

  test('B5 40 sockets of one person: unchecked frames are checked only until the debt', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => dial('mallory')));
    const { updates } = house.rooms.counters;
    house.store.hold();
    ana.update(cardOf('ana', 'held'));
    await untilCommitted(() => house.rooms.counters.updates === updates + 1);
    // Nothing is checked while the disk is busy, so all of this is accepted.
    for (const [n, line] of all.entries())
      line.write(...Array.from({ length: 100 }, (_, i) => newcomer(1_000 * n + i)));
    await until(() => house.rooms.counters.framesIn >= 4_000);
    house.store.release();
    await untilCommitted(() => house.rooms.gauges.unsaved === 0);
    expect(house.rooms.counters.updates - updates - 1).toBeLessThanOrEqual(
      ((lightWork.burst + heavyWork.burst) * 1_000) / tariff.newcomer + 1,
    );
    await anaWrites('meanwhile');
  });

  test('B5 another socket of the same person waits too, others do not, and nothing is lost', async () => {
    for (const from of [0, 400])
      (await dial('mallory')).write(...Array.from({ length: 400 }, (_, i) => newcomer(from + i)));
    await untilInDebt();
    const second = await house.raw('mallory', { control: true });
    const { delays } = house.rooms.counters;
    second.step2();
    second.update(cardOf('mallory', 'hers'));
    await until(() => house.rooms.counters.delays > delays);
    await anaWrites('meanwhile');
    expect(readRecord(await ana.state(), cards, 'hers')).toBe(null);
    // Not even the answer to the server's request was read.
    expect(second.heard.filter(isSaved)).toEqual([]);
    while (!readRecord(await ana.state(), cards, 'hers')) clock.advance(1_000);
    await second.told('saved');
  });

  test('B5 R4 frames that wait when a board is frozen are not applied, and requested again after the thaw', async () => {
    const mallory = await house.raw('mallory', { control: true });
    await mallory.next('step1');
    mallory.step2();
    for (let i = 0; i < 800; i++) mallory.update(newcomerUpdate(i));
    await untilInDebt();
    house.rooms.freeze(board, true);
    const { updates, deferredUpdates } = house.rooms.counters;
    expect(deferredUpdates).toBeGreaterThan(0);
    for (let i = 0; i < 60; i++) {
      clock.advance(1_000);
      await ana.state();
    }
    expect(house.rooms.counters.updates).toBe(updates);
    mallory.heard.length = 0;
    house.rooms.freeze(board, false);
    await mallory.next('step1');
    await anaWrites('later');
  });

  test('B5 the heartbeat does not close it while it waits', async () => {
    const mallory = await house.raw('mallory');
    for (let i = 0; i < 7_000; i++) mallory.update(newcomerUpdate(i));
    await untilInDebt();
    for (let passed = 0; passed < 2 * deafMs; passed += 4_000) {
      clock.advance(4_000);
      // Ana sends a frame now and then, so that she stays connected.
      ana.queryPresence();
      await ana.next('presence');
    }
    expect(house.rooms.sockets(board).map(({ person }) => person)).toContain('mallory');
  });

  test('B5 everything is processed that a client in debt sent before it closed its side', async () => {
    const line = await dial('mallory');
    line.write(emptyStep2, ...Array.from({ length: 800 }, (_, i) => newcomer(i)));
    line.socket.end(clientFrame(syncFrame(syncKind.update, cardOf('mallory', 'last'))));
    await untilInDebt();
    while (!readRecord(await ana.state(), cards, 'last')) clock.advance(1_000);
  });
});

describe('W11 after a close frame', () => {
  test('W11 a refused client gets the reason and is not read any more', async () => {
    const line = await dial('mallory');
    const { framesIn, updates } = house.rooms.counters;
    line.write(clientFrame(Buffer.from('text'), { kind: opcode.text }), times(2_000, query), newcomer(1));
    await until(() => line.opcodes.includes(opcode.close));
    line.write(clientFrame(Uint8Array.of(0x03, 0xe8), { kind: opcode.close }));
    await line.closed();
    expect(house.rooms.counters.framesIn - framesIn).toBe(1);
    expect(house.rooms.counters.updates).toBe(updates);
  });

  test('W11 a client that keeps sending is destroyed', async () => {
    const line = await dial('mallory');
    const more = times(farewellFrames / 10, query);
    line.write(clientFrame(Buffer.from('text'), { kind: opcode.text }));
    line.socket.resume();
    const closed = line.closed();
    for (let i = 0; i < 12 && line.socket.writable; i++) line.write(more);
    await closed;
  });

  test('W11 a client that has sent a close frame is not read any more', async () => {
    const line = await dial('mallory');
    const { framesIn } = house.rooms.counters;
    line.write(clientFrame(Uint8Array.of(0x03, 0xe8), { kind: opcode.close }), times(500, query));
    await line.closed();
    expect(house.rooms.counters.framesIn).toBe(framesIn);
  });

  test('W11 a person above the limit of a board gets the reason and is not read', async () => {
    for (let i = 0; i < 40; i++) await dial('mallory');
    const excess = await dial('mallory', times(1_000, clientFrame(nothing, { kind: opcode.ping })));
    await until(() => excess.opcodes.includes(opcode.close));
    expect(excess.opcodes).toEqual([opcode.close]);
    await untilCommitted(() => house.rooms.gauges.unsaved === 0);
  });
});

describe('W1 a frame is the same, however it arrives', () => {
  test('W1 byte by byte', async () => {
    const line = await dial('mallory');
    for (const byte of Buffer.concat([emptyStep2, query])) {
      line.write(Uint8Array.of(byte));
      await turn();
    }
    await until(() => line.opcodes.length > 1);
  });

  test('W1 split between the upgrade request and a later chunk', async () => {
    const both = Buffer.concat([
      emptyStep2,
      clientFrame(syncFrame(syncKind.update, cardOf('mallory', 'early'))),
    ]);
    const line = await dial('mallory', both.subarray(0, 20));
    line.write(both.subarray(20));
    while (!readRecord(await ana.state(), cards, 'early')) await turn();
  });

  test('W1 in fragments of any size, with a ping in between', async () => {
    const line = await dial('mallory');
    const message = syncFrame(syncKind.update, cardOf('mallory', 'cut'));
    line.write(
      emptyStep2,
      clientFrame(message.subarray(0, 5), { isFinal: false }),
      clientFrame(nothing, { kind: opcode.ping }),
      clientFrame(message.subarray(5), { kind: opcode.continuation }),
    );
    while (!readRecord(await ana.state(), cards, 'cut')) await turn();
    expect(line.opcodes).toContain(opcode.pong);
  });

  test('W1 in large fragments: the next message comes after them', async () => {
    const line = await dial('mallory');
    const doc = new Y.Doc();
    const made: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => made.push(syncFrame(syncKind.update, update)));
    doc.transact(() => {
      for (let i = 0; i < 12; i++)
        rootOf(doc, cards).set(`large${i}`, buildRecord(cards, { text: 'm'.repeat(maxCardText) }));
    });
    rootOf(doc, cards).set('behind', buildRecord(cards, { text: 'b' }));
    const [large = nothing, behind = nothing] = made;
    line.write(
      Buffer.concat([
        emptyStep2,
        clientFrame(large.subarray(0, 10), { isFinal: false }),
        clientFrame(large.subarray(10, 40_000), { kind: opcode.continuation, isFinal: false }),
        clientFrame(large.subarray(40_000), { kind: opcode.continuation }),
        clientFrame(behind),
      ]),
    );
    while (!readRecord(await ana.state(), cards, 'behind')) await turn();
    expect(house.rooms.counters.refusals['missing-dependency']).toBe(0);
  });

  test('W1 a frame that is forbidden for clients is closed by `ws`, and its remaining bytes affect nobody', async () => {
    const line = await dial('mallory');
    const unmasked = Buffer.concat([Uint8Array.of(0x82, 1), Uint8Array.of(3)]);
    line.write(unmasked, times(500, query));
    await until(() => line.opcodes.includes(opcode.close));
    line.socket.end();
    await once(line.socket, 'close');
    expect(house.rooms.sockets(board).map(({ person }) => person)).toEqual(['ana']);
  });
});

test('P4 B5 a frame of 20,000 echoes is charged per entry', async () => {
  const line = await dial('olga');
  const body = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 20_000);
    for (let i = 0; i < 20_000; i++) {
      for (const number of [i, 0]) encoding.writeVarUint(encoder, number);
      encoding.writeVarString(encoder, 'null');
    }
  });
  const frame = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, frameKind.awareness);
    encoding.writeVarUint8Array(encoder, body);
  });
  const { framesIn } = house.rooms.counters;
  line.write(times(60, clientFrame(frame)));
  await until(() => house.rooms.counters.delays > 0);
  expect(house.rooms.counters.framesIn - framesIn).toBeLessThan(30);
  await anaWrites('meanwhile');
});
