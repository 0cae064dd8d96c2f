import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { rootOf } from '../../../shared/schema/read.ts';
import { frameKind, syncKind } from '../../../shared/wire/protocol.ts';
import { Connection } from '../../../server/live/socket/connection.ts';
import { LiveDocument } from '../../../server/live/room/live-document.ts';
import { Parked } from '../../../server/live/room/parked.ts';
import { Acknowledgements } from '../../../server/live/socket/acknowledgements.ts';
import { viewsUnjudged } from '../../../server/live/limits.ts';
import type { House } from './harness.ts';
import { board, openHouse } from './harness.ts';
import { syncFrame } from './raw-client.ts';
import { clientFrame, TcpClient } from './tcp-client.ts';

/** Waiting bytes must not keep the whole read buffer in memory. */

const chunkBytes = 64 << 10;

/** A few bytes of a chunk. */
const view = (bytes: number) => new Uint8Array(new ArrayBuffer(chunkBytes), 100, bytes).fill(7);

const isSmall = ({ length, buffer }: Uint8Array) => buffer.byteLength <= 2 * length;

let house: House;

beforeEach(async () => {
  house = await openHouse();
  for (const person of ['ana', 'ben']) house.membership(person);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await house.close();
});

test('W4 a held update keeps only its own bytes, unchanged', () => {
  const acknowledgements = new Acknowledgements();
  acknowledgements.ask();
  for (const bytes of [12, 60_000]) acknowledgements.hold(acknowledgements.receive(view(bytes), false));
  const released = acknowledgements.done(acknowledgements.receive(Uint8Array.of(0, 0), true));
  expect(released.map(({ number, update }) => [number, update.length, isSmall(update)])).toEqual([
    [1, 12, true],
    [2, 60_000, true],
  ]);
  expect(released.every(({ update }) => update.every((byte) => byte === 7))).toBe(true);
});

test('B5 an update that waits for a debt keeps only its own bytes, and is copied once', () => {
  const from = Object.create(Connection.prototype, { owes: { value: 0 } }) as Connection;
  const parked = new Parked();
  const frame = { number: 1, update: view(12), isStep2: false, answers: 0 };
  parked.add({ kind: 'frame', from, frame });
  const [letter] = parked.takeDue();
  if (!letter) throw new Error('nothing is due');
  expect(letter.frame.update).toEqual(frame.update);
  expect(isSmall(letter.frame.update)).toBe(true);
  parked.add(letter);
  expect(parked.takeAll()[0]?.frame.update).toBe(letter.frame.update);
});

const open = (person: string) => TcpClient.open(house.port, `/sync/${board}/board?seat=${person}`);

const sync = (kind: number, payload: Uint8Array) => clientFrame(syncFrame(kind, payload));

/** One update for each card. */
function updates(count: number): Uint8Array[] {
  const doc = new Y.Doc();
  const made: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => made.push(update));
  for (let n = 0; n < count; n++) rootOf(doc, cards).set(`c${n}`, buildRecord(cards, { text: 'x' }));
  return made;
}

/** What else may come in one piece with an update. */
const others = () => Array.from({ length: 100 }, () => clientFrame(Uint8Array.of(frameKind.queryAwareness)));

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise(setImmediate);
}

test('B6 updates that wait for the disk keep only their own bytes', async () => {
  const judged = vi.spyOn(LiveDocument.prototype, 'judge');
  const answered = vi.spyOn(LiveDocument.prototype, 'answer');
  const [first, ...rest] = updates(61);
  if (!first) throw new Error('no update');
  const ana = await open('ana');
  const ben = await open('ben');
  await until(() => house.rooms.gauges.roomsByState.live === 1);
  await until(() => house.rooms.gauges.unsaved === 0);
  house.store.hold();
  ana.write(sync(syncKind.step2, Uint8Array.of(0, 0)), sync(syncKind.update, first));
  await until(() => judged.mock.calls.length === 1);
  ana.write(...rest.map((update) => sync(syncKind.update, update)));
  ben.write(sync(syncKind.step1, Uint8Array.of(1, 5, 1)), ...others());
  await until(() => house.rooms.gauges.unsaved > rest.length);
  house.store.release();
  await until(() => judged.mock.calls.length === 61 && answered.mock.calls.length === 1);
  const waited = judged.mock.calls.map(([update]) => update).slice(1 + viewsUnjudged);
  expect(waited).toHaveLength(60 - viewsUnjudged);
  expect(waited.every(isSmall)).toBe(true);
  expect(answered.mock.calls.every(([vector]) => isSmall(vector))).toBe(true);
  ana.close();
  ben.close();
});

test('R1 frames that arrive while a document loads keep only their own bytes', async () => {
  const judged = vi.spyOn(LiveDocument.prototype, 'judge');
  const [update] = updates(1);
  if (!update) throw new Error('no update');
  house.store.hold();
  const ana = await open('ana');
  ana.write(sync(syncKind.update, update), ...others());
  await until(() => house.rooms.gauges.unsaved === 1);
  house.store.release();
  await until(() => judged.mock.calls.length === 1);
  expect(judged.mock.calls.every(([bytes]) => isSmall(bytes))).toBe(true);
  ana.close();
  await once(ana.socket, 'close');
});
