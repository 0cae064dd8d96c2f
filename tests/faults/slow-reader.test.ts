import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { buildRecord } from '../../shared/schema/collection.ts';
import { readAll } from '../../shared/schema/read.ts';
import { ideas } from '../../shared/collections/idea.ts';
import { maxLongText } from '../../shared/limits.ts';
import { closeCode } from '../../shared/wire/protocol.ts';
import { beatMs } from '../../server/live/limits.ts';
import { FakeClock } from '../server/live/fake-clock.ts';
import type { House } from '../server/live/harness.ts';
import { board, openHouse } from '../server/live/harness.ts';
import type { RawClient } from '../server/live/raw-client.ts';
import { memoryHeld } from './memory.ts';

/** Bytes withheld from the reader, the server's maximum growth for it, and the noise of the measurement. */
const withheldBytes = 79_000_000;
const mostGrowthBytes = 8 << 20;
const noiseBytes = 4 << 20;

/** Each sends no more than allowed, and in less time than a reader may stay behind. */
const names = ['ana', 'dan', 'eva', 'fay'];
const roundMs = 150;

/** The texts one person rewrites at a time: long, in a script of two bytes per letter, 800 KB in all. */
const textsEach = 20;

class Writer {
  readonly name: string;
  readonly #client: RawClient;
  readonly #doc = new Y.Doc();

  static async come(name: string): Promise<Writer> {
    const writer = new Writer(name, await house.raw(name, { control: true }));
    await writer.#client.next('step1');
    writer.#client.step2(Y.encodeStateAsUpdate(writer.#doc));
    await writer.#client.told('saved');
    return writer;
  }

  private constructor(name: string, client: RawClient) {
    this.name = name;
    this.#client = client;
    for (let i = 0; i < textsEach; i++) this.#ideas.set(`${name}${i}`, buildRecord(ideas, {}));
  }

  /** Rewrites all texts. Resolves, when they are on disk, to the size of the update. */
  async rewrite(letter: string): Promise<number> {
    const before = Y.encodeStateVector(this.#doc);
    this.#doc.transact(() => {
      for (const idea of this.#ideas.values()) {
        const text = idea.get('solution') as Y.Text;
        text.delete(0, text.length);
        text.insert(0, letter.repeat(maxLongText));
      }
    });
    const update = Y.encodeStateAsUpdate(this.#doc, before);
    this.#client.update(update);
    await this.#client.told('saved');
    // Frames from others are not read here.
    this.#client.heard.length = 0;
    return update.length;
  }

  get #ideas(): Y.Map<Y.Map<unknown>> {
    return this.#doc.getMap(ideas.name);
  }
}

let house: House;
let clock: FakeClock;
let writers: Writer[];
let ben: RawClient;
let cleo: RawClient;

beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock });
  for (const person of ['ben', 'cleo']) house.membership(person);
  // Facilitators, because it is more than a participant may write in a day.
  for (const person of names) house.membership(person, 'facilitator');
  writers = await Promise.all(names.map((name) => Writer.come(name)));
  ben = await house.raw('ben');
  await ben.state();
  cleo = await house.raw('cleo');
  await cleo.state();
  for (const letter of 'аб') await everyoneWrites(letter);
});

afterEach(() => house.close());

/**
 * Waits for at least one round, while time passes by the server's clock too. The server charges real time for updates,
 * so on a busy machine it may read on only after a while.
 */
async function inTime<T>(waited: Promise<T>): Promise<T> {
  let left = roundMs;
  let last = performance.now();
  const ticking = setInterval(() => {
    const now = performance.now();
    clock.advance(Math.min(now - last, 10));
    left -= now - last;
    last = now;
  }, 5);
  try {
    return await waited;
  } finally {
    clearInterval(ticking);
    if (left > 0) clock.advance(left);
  }
}

/** Each person rewrites the texts, and Ben gets them each time. Returns the number of bytes. */
async function everyoneWrites(letter: string): Promise<number> {
  let bytes = 0;
  for (const writer of writers) {
    const written = writer.rewrite(letter);
    await inTime(Promise.all([written, ben.next('update')]));
    bytes += await written;
  }
  ben.heard.length = 0;
  // Memory of the test's own store and spies must not be measured.
  house.store.journal.length = 0;
  vi.clearAllMocks();
  return bytes;
}

const cleosSocket = () => house.rooms.sockets(board).find(({ person }) => person === 'cleo');

/** Cleo stops reading while the others write. Returns the most that the server held for her. */
async function withhold(bytesInAll: number): Promise<number> {
  cleo.socket.pause();
  let mostBuffered = 0;
  for (let bytes = 0; bytes < bytesInAll || cleosSocket()?.isBehind === false;) {
    bytes += await everyoneWrites('вгдежзиклмнопрст'.charAt(Math.floor((bytes / bytesInAll) * 16) % 16));
    mostBuffered = Math.max(mostBuffered, cleosSocket()?.bufferedBytes ?? Infinity);
  }
  return mostBuffered;
}

// Slow, because 100 updates of 800 KB are checked, applied and stored one after the other. The test needs many times
// the limit for one reader, so that growth shows above the noise.
test('B2 Cleo does not read 79 MB: the server buffers little of it, and sends one answer when she reads', async () => {
  const before = await memoryHeld();
  const mostBuffered = await withhold(withheldBytes);
  const grown = (await memoryHeld()) - before;
  expect(mostBuffered).toBeGreaterThan(1 << 20);
  expect(mostBuffered).toBeLessThanOrEqual(mostGrowthBytes);
  expect(grown).toBeLessThanOrEqual(mostGrowthBytes + noiseBytes);
  expect(cleosSocket()?.isBehind).toBe(true);

  const { statesSent } = house.rooms.counters;
  cleo.socket.resume();
  await cleo.next('step2');
  // A difference would be megabytes, which the stored state already has.
  expect(house.rooms.counters.statesSent).toBe(statesSent + 1);
  expect(cleosSocket()?.isBehind).toBe(false);
  const solutions = readAll(await cleo.state(), ideas).map(({ solution }) => solution);
  expect(solutions.length).toBe(names.length * textsEach);
  expect(new Set(solutions).size).toBe(1);
  expect(cleo.bytesHeard).toBeLessThan(withheldBytes / 2);
});

test('B3 closes a reader that is behind for 30 s; others are not delayed', async () => {
  // The system's buffers grow while they fill, up to some 10 MB. A smaller amount would fit into them.
  await withhold(withheldBytes / 4);
  expect(house.rooms.counters.slowReaders).toBe(0);
  for (let passed = 0; passed < 30_000; passed += beatMs) {
    clock.advance(beatMs);
    // A client that only listens sends a frame now and then, as pongs would be.
    ben.queryPresence();
    await ben.next('presence');
  }
  expect(house.rooms.counters.slowReaders).toBe(1);
  expect(cleosSocket()).toBe(undefined);
  cleo.socket.resume();
  expect(await cleo.closed).toEqual({ code: closeCode.busy, reason: 'too-slow' });
  await everyoneWrites('ю');
});
