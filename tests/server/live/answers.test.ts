import { setImmediate as turn } from 'node:timers/promises';
import * as encoding from 'lib0/encoding';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { openRoots } from '../../../shared/documents.ts';
import { readRecord, rootOf } from '../../../shared/schema/read.ts';
import { maxFrameBytes } from '../../../shared/limits.ts';
import { frameKind, syncKind } from '../../../shared/wire/protocol.ts';
import { KnownDeletes } from '../../../server/live/guard/known-deletes.ts';
import { LargeMessages } from '../../../server/live/socket/large-messages.ts';
import { largeMessageBytes, maxAnswerBytes, rangesAtOnce } from '../../../server/live/limits.ts';
import { FakeClock } from './fake-clock.ts';
import { handUpdate } from './hand-update.ts';
import type { House } from './harness.ts';
import { board, openHouse } from './harness.ts';
import { Scribes } from './random-yjs.ts';
import type { RawClient } from './raw-client.ts';
import { syncFrame } from './raw-client.ts';
import { clientFrame, TcpClient } from './tcp-client.ts';

/** Enough that the delete set alone is larger than a frame may be. */
const deletions = 180_000;
const writer = 5;

/** As many bytes as one socket may send at once. */
const junkBytes = 7 << 20;

/** A board that has been used for long: a text with every other character deleted. */
let worn: Uint8Array;
let house: House;
let clock: FakeClock;
let ana: RawClient;

beforeAll(() => {
  const doc = new Y.Doc();
  openRoots(doc);
  // Clocks start high, and so do the numbers in the delete set.
  const start = 2 ** 28;
  Y.applyUpdate(doc, handUpdate([{ client: writer, clock: 0, structs: [{ content: { gc: start } }] }]));
  doc.clientID = writer;
  rootOf(doc, cards).set('worn', buildRecord(cards, { text: 'x'.repeat(2 * deletions) }));
  const text = (rootOf(doc, cards).get('worn') as Y.Map<unknown>).get('text') as Y.Text;
  const first = text._start?.id.clock ?? 0;
  Y.applyUpdate(
    doc,
    rangesOf(
      writer,
      Array.from({ length: deletions }, (_, i) => first + 2 * i),
    ),
  );
  worn = Y.encodeStateAsUpdate(doc);
});

async function enter(snapshot: Uint8Array | null = null): Promise<void> {
  clock = new FakeClock();
  house = await openHouse({ clock });
  const stored = {
    snapshot,
    updates: [],
    sequence: 1,
    owners: new Map<number, string>(),
    isBehind: false,
  };
  house.store.documents.set(`${board}/board`, stored);
  for (const person of ['ana', 'ben', 'mallory']) house.membership(person);
  ana = await house.raw('ana', { control: true });
  await ana.next('step1');
  ana.step2();
  await ana.told('saved');
}

function rangesOf(client: number, clocks: readonly number[]): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of [0, 1, client, clocks.length]) encoding.writeVarUint(encoder, number);
    for (const clock of clocks) for (const number of [clock, 1]) encoding.writeVarUint(encoder, number);
  });
}

/** A person who was here before and comes back; `edit` is what the person did meanwhile. */
function copy(edit: (doc: Y.Doc) => void = () => undefined): {
  doc: Y.Doc;
  answer: (step1: Uint8Array) => Uint8Array;
} {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, worn);
  doc.transact(() => edit(doc));
  return { doc, answer: (step1) => Y.encodeStateAsUpdate(doc, step1) };
}

const addCard = (author: string, id: string) => (doc: Y.Doc) =>
  void rootOf(doc, cards).set(id, buildRecord(cards, { text: id, author }));

/** Ana writes a card, and waits until it is on disk. */
async function anaWrites(id: string): Promise<void> {
  const doc = new Y.Doc();
  addCard('ana', id)(doc);
  ana.update(Y.encodeStateAsUpdate(doc));
  // A room of many sockets waits a little between two commits.
  while (!ana.heard.some((one) => one.kind === 'control' && one.control.kind === 'saved')) {
    await turn();
    clock.advance(1);
  }
  await ana.told('saved');
}

describe('W3 B12 the answer to the server’s state request', () => {
  afterEach(() => house.close());

  test('W3 a delete set larger than a frame is accepted in an answer, with its new content', async () => {
    await enter(worn);
    const back = copy(addCard('ben', 'offline'));
    const ben = await house.raw('ben', { control: true });
    const answer = back.answer((await ben.next('step1')).bytes);
    expect(answer.length).toBeGreaterThan(maxFrameBytes);
    ben.step2(answer);
    expect((await ben.told('saved')).frames).toBe(1);
    expect(readRecord(await ana.state(), cards, 'offline')?.text).toBe('offline');
    expect(house.rooms.counters.refusals['too-many']).toBe(0);
  });

  test('W3 stock clients with such a delete set reconnect one by one', async () => {
    await enter(worn);
    const everyone = ['ben', 'cleo', 'dan'].map((person) => {
      house.membership(person);
      const client = house.stock(person);
      Y.applyUpdate(client.doc, worn);
      return { client, person };
    });
    for (const { client } of everyone) await client.synced();
    const hers = await ana.state();
    for (const { client, person } of everyone) addCard(person, `of-${person}`)(client.doc);
    while (rootOf(hers, cards).size < 1 + everyone.length)
      Y.applyUpdate(hers, (await ana.next('update')).bytes);
    for (const { client } of everyone) expect(client.provider.wsconnected).toBe(true);
  });

  test('W3 D3 an update sent right after the answer arrives after it', async () => {
    await enter(worn);
    const back = copy(addCard('ben', 'offline'));
    const ben = await house.raw('ben', { control: true });
    ben.step2(back.answer((await ben.next('step1')).bytes));
    back.doc.on('update', (update: Uint8Array) => ben.update(update));
    readTextOf(back.doc, 'offline').insert(0, 'more ');
    while ((await ben.told('saved')).frames < 2);
    expect(readRecord(await ana.state(), cards, 'offline')?.text).toBe('more offline');
    expect(house.rooms.counters.heldUpdates).toBe(0);
  });

  test('W3 an update, a second answer or presence of that size is refused', async () => {
    await enter();
    const large = new Uint8Array(maxFrameBytes);
    const offers: [string, (from: RawClient) => void][] = [
      ['an update', (from) => from.update(large)],
      ['presence', (from) => from.send(Buffer.concat([Uint8Array.of(frameKind.awareness), large]))],
      [
        'a second answer',
        (from) => {
          from.step2();
          from.step2(worn);
        },
      ],
    ];
    for (const [what, offer] of offers) {
      const mallory = await house.raw('mallory');
      await mallory.next('step1');
      offer(mallory);
      expect([what, (await mallory.closed).code]).toEqual([what, what === 'presence' ? 4400 : 4413]);
    }
    await anaWrites('meanwhile');
  });

  test('W3 an answer above the limit is refused by its header, before it has arrived', async () => {
    await enter();
    const mallory = await house.raw('mallory');
    await mallory.next('step1');
    const { bytesIn } = house.rooms.counters;
    mallory.step2(new Uint8Array(maxAnswerBytes));
    expect((await mallory.closed).code).toBe(4413);
    expect(house.rooms.counters.bytesIn - bytesIn).toBeLessThan(100);
  });

  test.for<[string, () => Uint8Array]>([
    ['noise', () => new Uint8Array(junkBytes).map((_, i) => (i * 2_654_435_761) >>> 24)],
    ['ranges of what nobody has', () => allOf(junkBytes / 6, (i) => [2 ** 29 + 2 * i, 1])],
    ['structs', () => manyStructs(junkBytes / 2)],
  ])('W3 G19 7 MiB of junk are refused: %s', async ([, junk]) => {
    await enter();
    const mallory = await house.raw('mallory');
    await mallory.next('step1');
    mallory.step2(junk());
    expect([4400, 4422]).toContain((await mallory.closed).code);
    await anaWrites('meanwhile');
    expect((await ana.state()).getMap('cards').size).toBe(1);
  });
});

function allOf(count: number, range: (i: number) => [number, number]): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of [0, 1, writer, count]) encoding.writeVarUint(encoder, number);
    for (let i = 0; i < count; i++) for (const number of range(i)) encoding.writeVarUint(encoder, number);
  });
}

function manyStructs(count: number): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of [1, count, 77, 0]) encoding.writeVarUint(encoder, number);
    encoding.writeUint8Array(encoder, Buffer.alloc(2 * count, Uint8Array.of(0, 1)));
    encoding.writeVarUint(encoder, 0);
  });
}

function readTextOf(doc: Y.Doc, id: string): Y.Text {
  return (rootOf(doc, cards).get(id) as Y.Map<unknown>).get('text') as Y.Text;
}

describe('B12 large answers share limited memory', () => {
  afterEach(() => house.close());

  /** The header of a frame as large as an answer may be, and some of its payload. */
  const beginning = () => {
    const frame = clientFrame(syncFrame(syncKind.step2, new Uint8Array(maxAnswerBytes - 100)));
    return frame.subarray(0, junkBytes);
  };

  test('B12 answers wait unread until there is memory; a slow one is closed to make room', async () => {
    await enter();
    const part = beginning();
    const all = Math.ceil(largeMessageBytes / part.length) + 2;
    const before = house.rooms.counters.bytesIn;
    const cameIn = () => house.rooms.counters.bytesIn - before;
    const lines: TcpClient[] = [];
    for (let i = 0; i < all; i++) {
      house.membership(`mallory${i}`);
      const line = await TcpClient.open(house.port, `/sync/${board}/board?seat=mallory${i}`);
      while (line.opcodes.length === 0) await turn();
      line.write(part);
      lines.push(line);
    }
    while (cameIn() < largeMessageBytes) await turn();
    for (let i = 0; i < 200; i++) await turn();
    // Each of the others has at most the first MiB, and a chunk, in addition to the shared memory.
    expect(cameIn()).toBeLessThan(largeMessageBytes + all * (maxFrameBytes + (128 << 10)));
    expect(cameIn()).toBeLessThan(all * part.length);
    await anaWrites('meanwhile');
    // The first ones send nothing more, while others wait.
    for (let beat = 0; beat < 2; beat++) clock.advance(4_000);
    expect(house.rooms.counters.slowReaders).toBeGreaterThan(0);
    while (cameIn() < all * part.length) await turn();
    for (const line of lines) line.close();
  });
});

test('B12 when memory is full the first continues, and the others when it is done', () => {
  const memory = new LargeMessages(10);
  const said: string[] = [];
  const senders = ['one', 'two', 'three'].map((name) => ({
    granted: () => said.push(`${name} may go on`),
    tooSlow: () => said.push(`${name} is too slow`),
  }));
  const [one, two, three] = senders;
  if (!one || !two || !three) throw new Error('no senders');
  for (const sender of senders) memory.begins(sender);
  memory.passes(two, 6);
  expect(senders.map((sender) => memory.mayGrow(sender))).toEqual([true, true, true]);
  memory.passes(three, 6);
  expect(senders.map((sender) => memory.mayGrow(sender))).toEqual([true, false, false]);
  memory.passes(one, 100);
  memory.beat();
  expect(said).toEqual([]);
  // It has sent nothing since; the others have not either, because they wait.
  memory.beat();
  expect(said.splice(0)).toEqual(['one is too slow']);
  memory.ends(one);
  expect(said.splice(0)).toEqual(['two may go on', 'three may go on']);
  expect([memory.mayGrow(two), memory.mayGrow(three)]).toEqual([true, false]);
  memory.ends(two);
  expect(said.splice(0)).toEqual(['three may go on']);
  memory.ends(three);
  // A complete message is not slow, however long its processing takes.
  for (const sender of senders) memory.begins(sender);
  memory.passes(one, 100);
  memory.isIn(one);
  expect(memory.mayGrow(two)).toBe(false);
  for (let i = 0; i < 3; i++) memory.beat();
  expect(said.splice(0)).toEqual(['three is too slow', 'three is too slow']);
  for (const sender of senders) memory.ends(sender);
  said.length = 0;
  // Nobody waits, so no message is too slow.
  memory.begins(one);
  for (let i = 0; i < 3; i++) memory.beat();
  expect(said).toEqual([]);
});

describe('W3 known deletes are removed from an answer', () => {
  const all = (steps: Generator<undefined, Uint8Array>, between: () => void = () => undefined) => {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      between();
    }
  };

  test('W3 the remaining answer has the same effect on the document as all of it', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const server = new Y.Doc();
      const scribes = new Scribes(seed);
      for (const update of scribes.updates(30)) {
        const whole = Y.encodeStateAsUpdate(server);
        const left = all(new KnownDeletes(server.store).filter(update));
        expect(left.length).toBeLessThanOrEqual(update.length);
        const [one, two] = [new Y.Doc(), new Y.Doc()];
        for (const doc of [one, two]) Y.applyUpdate(doc, whole);
        Y.applyUpdate(one, update);
        Y.applyUpdate(two, left);
        expect(Buffer.compare(Y.encodeStateAsUpdate(one), Y.encodeStateAsUpdate(two)), `seed ${seed}`).toBe(
          0,
        );
        if (one.store.pendingStructs ?? one.store.pendingDs) continue;
        Y.applyUpdate(server, update);
      }
    }
  });

  test('W3 the result is the same if the document changes between two steps, and immediate the second time', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, worn);
    const known = new KnownDeletes(doc.store);
    const answer = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc));
    let steps = 0;
    const text = readTextOf(doc, 'worn');
    const left = all(known.filter(answer), () => {
      steps++;
      text.delete(0, 1_000);
    });
    expect(steps).toBeGreaterThan(10);
    expect([...left]).toEqual([0, 0]);
    steps = 0;
    expect([...all(known.filter(answer), () => steps++)]).toEqual([0, 0]);
    expect(steps).toBe(0);
  });

  test('W3 an unreadable answer is left to the guard unchanged', () => {
    const doc = new Y.Doc();
    const known = new KnownDeletes(doc.store);
    for (const bytes of [[], [255], [0, 1, 5], [0, 0, 0], [0, 1, 5, 200, 1]]) {
      const update = Uint8Array.from(bytes);
      expect(all(known.filter(update))).toBe(update);
    }
  });

  /** A completely deleted text, in structs that Yjs does not merge: each character was inserted before the last. */
  function gone(letters: number): { doc: Y.Doc; client: number } {
    const doc = new Y.Doc();
    const text = doc.getText('text');
    doc.transact(() => {
      for (let n = 0; n < letters; n++) text.insert(0, 'x');
    });
    text.delete(0, letters);
    return { doc, client: doc.clientID };
  }

  /** The bytes of a delete set: for each section the client id, and its ranges as clock and length. */
  const deletesOf = (sections: readonly { client: number; ranges: readonly number[] }[]) =>
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarUint(encoder, sections.length);
      for (const { client, ranges } of sections) {
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, ranges.length / 2);
        for (const number of ranges) encoding.writeVarUint(encoder, number);
      }
    });

  function stepsOf(doc: Y.Doc, update: Uint8Array): { left: Uint8Array; steps: number } {
    let steps = 0;
    const left = all(new KnownDeletes(doc.store).filter(update), () => steps++);
    return { left, steps };
  }

  test('W3 ranges out of order, and a second section of a client id, are left to the guard', () => {
    const { doc, client } = gone(20_000);
    // Each copy begins where everything is deleted and ends after it: each would scan all of it.
    const pastEnd = [0, 30_000];
    const copies = Array.from({ length: 4_000 }, () => pastEnd).flat();
    const known = Array.from({ length: 4_000 }, () => ({ client, ranges: [0, 20_000] }));
    for (const update of [deletesOf([{ client, ranges: copies }]), deletesOf(known)]) {
      const { left, steps } = stepsOf(doc, update);
      expect(left).toBe(update);
      expect(steps).toBeLessThan(10);
    }
  });

  test('W3 scanned structs, and sections without ranges, count towards the turn', () => {
    const letters = 4 * rangesAtOnce;
    const { doc, client } = gone(letters);
    const whole = stepsOf(doc, deletesOf([{ client, ranges: [0, letters] }]));
    expect([...whole.left]).toEqual([0, 0]);
    expect(whole.steps).toBeGreaterThanOrEqual(3);
    const empty = stepsOf(
      doc,
      deletesOf(Array.from({ length: rangesAtOnce }, (_, n) => ({ client: n, ranges: [] }))),
    );
    expect([...empty.left]).toEqual([0, 0]);
    expect(empty.steps).toBeGreaterThanOrEqual(10);
  });

  test('W3 a range after a new one is found too, even if structs are merged between two steps', () => {
    const letters = 3 * rangesAtOnce;
    const { doc, client } = gone(letters);
    const text = doc.getText('text');
    text.insert(0, 'abcdef');
    text.delete(4, 1);
    // The new characters are a, b, c, d, f at the clocks after the others.
    const ranges = [0, letters, letters + 1, 1, letters + 4, 1, letters + 5, 1];
    const { left } = stepsOf(doc, deletesOf([{ client, ranges }]));
    expect([...left]).toEqual([...deletesOf([{ client, ranges: [letters + 1, 1, letters + 5, 1] }])]);
    const known = all(new KnownDeletes(doc.store).filter(deletesOf([{ client, ranges }])), () => {
      if (text.length > 0) text.delete(0, 1);
    });
    expect(known.length).toBeLessThanOrEqual(left.length);
  });
});
