import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { History } from '../../../server/history/history.ts';
import { Repairs } from '../../../server/history/repairs.ts';
import type { HistoryWork } from '../../../server/history/work.ts';
import { cards, addCard } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readAll, readRecord, rootOf, storedRecord, textOf } from '../../../shared/schema/read.ts';
import { manyClientIds } from '../history/many-client-ids.ts';
import { workHere } from '../work-here.ts';
import type { House, HouseOptions } from './harness.ts';
import { board, openHouse } from './harness.ts';
import type { RawClient } from './raw-client.ts';
import type { StockClient } from './stock-client.ts';
import { agree } from './stock-client.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };
const room = `${board}/board`;

let house: House;
let repairs: Repairs;
let history: History;

afterEach(() => house.close());

async function open(options: HouseOptions = {}, work: HistoryWork = workHere): Promise<void> {
  house = await openHouse(options);
  const { store, rooms: live } = house;
  repairs = new Repairs({ store, live, work, log: pino({ level: 'silent' }) });
  history = new History({ store, live, repairs, work });
  for (const person of ['ana', 'ben', 'mallory']) house.membership(person);
}

async function record() {
  const found = await house.store.board(board);
  if (!found) throw new Error('the board is gone');
  return found;
}

const rebuild = async () => repairs.rebuild(await record(), 'board', 'fay');

/** People on the board join again: their memberships now have its generation. */
async function joinAgain(...people: string[]): Promise<void> {
  const { generation } = await record();
  for (const person of people) house.membership(person, 'participant', { generation });
}

async function stored(): Promise<Y.Doc> {
  const { snapshot, updates } = await house.store.load(room);
  const doc = new Y.Doc();
  for (const update of snapshot ? [snapshot, ...updates] : updates) Y.applyUpdate(doc, update);
  return doc;
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise(setImmediate);
}

/** Waits until everything that these clients wrote is on disk. */
async function saved(...clients: readonly StockClient[]): Promise<void> {
  const clock = (doc: Y.Doc, client: StockClient) => Y.getState(doc.store, client.doc.clientID);
  for (;;) {
    const disk = await stored();
    if (clients.every((client) => clock(disk, client) === clock(client.doc, client))) return;
    await new Promise(setImmediate);
  }
}

const keep = async () =>
  (await house.store.keepVersion(room, { kind: 'named', name: 'Then', person: '' }))?.id ?? '';

/** Stores a version of the empty document. */
async function keepEmpty(): Promise<string> {
  await house.store.append({ room, person: '', update: Y.encodeStateAsUpdate(new Y.Doc()) });
  return keep();
}

const texts = (doc: Y.Doc) =>
  readAll(doc, cards)
    .map(({ text }) => text)
    .sort();

/** Sends one card per frame: frame n after the answer to step 1 has the card `n`. */
class CardSender {
  readonly doc = new Y.Doc();
  readonly #client: RawClient;
  #sent = 0;

  constructor(client: RawClient) {
    this.#client = client;
    this.doc.on('update', (update: Uint8Array) => client.update(update));
  }

  send(count: number): void {
    for (let n = 0; n < count; n++)
      rootOf(this.doc, cards).set(`card-${++this.#sent}`, buildRecord(cards, { author: 'ana' }));
  }

  /** The cards that the server has acknowledged. */
  get acknowledged(): string[] {
    let frames = 0;
    for (const one of this.#client.heard)
      if (one.kind === 'control' && one.control.kind === 'saved') frames = one.control.frames;
    // The first frame was the answer to step 1.
    return Array.from({ length: Math.max(0, frames - 1) }, (_, n) => `card-${n + 1}`);
  }
}

describe('R6 a rebuilt board', () => {
  test('R6 has all acknowledged edits, even if many are in transit, and no history', async () => {
    await open();
    const ana = await house.raw('ana', { control: true });
    await ana.next('step1');
    ana.step2();
    const sender = new CardSender(ana);
    sender.send(50);
    await until(() => sender.acknowledged.length >= 1);
    sender.send(400);
    const outcome = await rebuild();
    expect(await ana.closed).toEqual({ code: 1013, reason: 'repair' });
    const { acknowledged } = sender;
    const doc = await stored();
    for (const id of acknowledged) expect(rootOf(doc, cards).has(id), id).toBe(true);
    expect(outcome).toMatchObject({ kind: 'rebuilt', isWhole: true, after: { clientIds: 1 } });
    expect([...doc.store.clients.keys()]).not.toContain(sender.doc.clientID);
    expect((await record()).generation).toBe(2);
    expect(await house.store.owners(room)).toEqual(new Map());
  });

  test('R6 continues: people who join again read the same content and write under new client ids', async () => {
    await open();
    const ana = await house.stock('ana').synced();
    const id = addCard(ana.editor, cell, { text: 'Waits' });
    await saved(ana);
    await rebuild();
    await joinAgain('ana', 'ben');
    ana.close();
    const again = await house.stock('ana').synced();
    const ben = await house.raw('ben', { control: true });
    expect((await ben.told('welcome')).generation).toBe(2);
    textOf(again.doc, cards, id, 'text')?.insert(5, ' for the train');
    await ben.next('update');
    await saved(again);
    expect(texts(await stored())).toEqual(['Waits for the train']);
  });

  test('R6 accepts edits again if it was full, and has only the server’s client id', async () => {
    await open({ maxDocumentBytes: 60_000 });
    const ana = await house.stock('ana').synced();
    addCard(ana.editor, cell, { text: 'The only one' });
    await saved(ana);
    ana.close();
    await until(() => house.rooms.socketCount(board) === 0);
    // Updates from before there were limits.
    await house.store.append({ room, person: 'mallory', update: manyClientIds(10_000) });
    await house.store.append({ room, person: 'mallory', update: removedCards(200) });
    await house.rooms.evict(board, 1012, 'restart');
    const ben = await house.stock('ben').synced();
    const ended = ben.ended();
    addCard(ben.editor, cell, { text: 'No room' });
    expect(await ended).toEqual({ code: 4422, reason: 'document-full' });

    const outcome = await rebuild();
    expect(outcome).toMatchObject({ before: { entries: 203 }, after: { clientIds: 1, entries: 3 } });
    await joinAgain('ana');
    const again = await house.stock('ana').synced();
    addCard(again.editor, cell, { text: 'Room again' });
    await saved(again);
    expect(texts(await stored())).toEqual(['Room again', 'The only one']);
  });

  test('R6 accepts no edits from a copy of the old document or under the new document’s client id', async () => {
    await open();
    const ana = await house.stock('ana').synced();
    const mallory = await house.stock('mallory').synced();
    const id = addCard(ana.editor, cell, { text: 'Hers' });
    await mallory.sees(() => readRecord(mallory.doc, cards, id)?.gone === false);
    storedRecord(mallory.doc, cards, id)?.set('gone', true);
    await ana.sees(() => readRecord(ana.doc, cards, id)?.gone === true);
    await saved(ana, mallory);
    await rebuild();
    await joinAgain('ana', 'ben', 'mallory');
    // A program that joins again with its old document offers all of it.
    for (const [name, { doc }] of [['ana', ana] as const, ['mallory', mallory] as const]) {
      const raw = await house.raw(name);
      raw.step2(Y.encodeStateAsUpdate(doc));
      expect((await raw.closed).code).toBe(4422);
    }
    const forged = await stored();
    const [server = 0] = forged.store.clients.keys();
    const seen = Y.encodeStateVector(forged);
    forged.clientID = server;
    rootOf(forged, cards).set('forged', buildRecord(cards, { author: 'ben' }));
    const ben = await house.raw('ben');
    ben.presence([{ client: server, clock: 1, state: {} }]);
    ben.update(Y.encodeStateAsUpdate(forged, seen));
    expect(await ben.closed).toEqual({ code: 4422, reason: 'not-author' });
    expect(texts(await stored())).toEqual([]);
  });

  test('R6 continues unchanged if the rebuild fails, and accepts what was typed meanwhile', async () => {
    let ask = () => {};
    let fail = () => {};
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const failing = new Promise<never>((_, reject) => (fail = () => reject(new Error('no memory'))));
    const failingWork = { ...workHere, rebuild: () => (ask(), failing) };
    await open({}, failingWork);
    const ana = await house.stock('ana').synced();
    addCard(ana.editor, cell, { text: 'Before' });
    await saved(ana);
    const outcome = rebuild();
    await asked;
    addCard(ana.editor, cell, { text: 'Meanwhile' });
    fail();
    expect(await outcome).toEqual({ kind: 'failed' });
    await saved(ana);
    expect((await record()).generation).toBe(1);
    expect(texts(await stored())).toEqual(['Before', 'Meanwhile']);
  });
});

test('R3 R6 a quarantined document is rebuilt from its readable parts, and people can join again', async () => {
  await open();
  const doc = new Y.Doc();
  const add = (id: string) => rootOf(doc, cards).set(id, buildRecord(cards, { text: id }));
  add('whole');
  const whole = Y.encodeStateAsUpdate(doc);
  add('lost');
  const seen = Y.encodeStateVector(doc);
  add('waits');
  const torn = Y.mergeUpdates([whole, Y.encodeStateAsUpdate(doc, seen)]);
  await house.store.resetDocument(room, torn);
  const version = await keep();
  expect(await (await house.raw('ana')).closed).toEqual({ code: 1013, reason: 'quarantined' });
  const order = { record: await record(), document: 'board', version, person: 'fay' };
  expect(await history.restore(order)).toMatchObject({ kind: 'not-written' });
  expect(await history.removeAdded(order, ['ana'])).toMatchObject({ kind: 'not-written' });
  expect(await rebuild()).toMatchObject({ kind: 'rebuilt', isWhole: false });
  await joinAgain('ana');
  expect(texts(await (await house.raw('ana')).state())).toEqual(['whole']);
});

describe('R7 a board under repair', () => {
  test('R7 admits nobody, not even people just admitted, and accepts no edit of the server', async () => {
    await open();
    await (await house.raw('ana')).state();
    house.rooms.bar(board, true);
    const ben = await house.raw('ben');
    expect(await ben.closed).toEqual({ code: 1013, reason: 'repair' });
    await expect(house.rooms.write(board, 'board', removedCards(1))).rejects.toThrow('repair');
    house.rooms.bar(board, false);
    await (await house.raw('ben')).state();
  });

  test('R7 runs one repair at a time; a repair of an earlier generation has no effect', async () => {
    await open();
    await keepEmpty();
    const before = await record();
    const both = await Promise.all([rebuild(), rebuild()]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['busy', 'rebuilt']);
    expect(await repairs.rebuild(before, 'board', 'fay')).toEqual({ kind: 'outdated' });
    expect((await record()).generation).toBe(2);
  });

  test('R7 a restore that began before a rebuild does not reach the rebuilt board', async () => {
    await open();
    await house.store.append({ room, person: 'ana', update: removedCards(2) });
    const version = await keep();
    await house.store.append({ room, person: 'ana', update: oneCard('later') });
    const order = { record: await record(), document: 'board', version, person: 'fay' };
    const [restored] = await Promise.all([history.restore(order), rebuild()]);
    expect(restored.kind).toBe('not-written');
    expect(texts(await stored())).toEqual(['later']);
  });
});

test('D7 an author gets the server’s deletions from the same batch', async () => {
  await open();
  const [ana, ben] = [await house.stock('ana').synced(), await house.stock('ben').synced()];
  const his = addCard(ben.editor, cell, { text: 'His' });
  await ana.sees(() => readRecord(ana.doc, cards, his) !== null);
  const server = await stored();
  const before = Y.encodeStateVector(server);
  rootOf(server, cards).delete(his);

  house.store.hold();
  addCard(ben.editor, cell, { text: 'On its way to the disk' });
  const updates = house.rooms.counters.updates + 1;
  await until(() => house.rooms.counters.updates >= updates);
  addCard(ana.editor, cell, { text: 'Hers' });
  // What Ben sees was sent after her card on the same socket, so the card waits for the next batch.
  ana.awareness.setLocalStateField('seen', true);
  await ben.notices(() => ben.awareness.getStates().get(ana.doc.clientID)?.seen === true);
  const written = house.rooms.write(board, 'board', Y.encodeStateAsUpdate(server, before));
  await new Promise(setImmediate);
  house.store.release();
  await written;
  await ana.sees(() => readRecord(ana.doc, cards, his) === null);
  await agree(ana, ben);
});

describe('R8 edits of one person', () => {
  const remove = async (version: string, ...people: string[]) =>
    history.removeAdded({ record: await record(), document: 'board', version, person: 'fay' }, people);
  test('R8 are removed while Mallory keeps writing on two devices; Ana’s concurrent edits stay; all agree', async () => {
    await open();
    const ana = await house.stock('ana').synced();
    const hers = addCard(ana.editor, cell, { text: 'Waits' });
    const [phone, laptop] = [await house.stock('mallory').synced(), await house.stock('mallory').synced()];
    const devices = [phone, laptop];
    for (const device of devices) await device.sees(() => textOf(device.doc, cards, hers, 'text') !== null);
    await saved(ana);
    const version = await keep();
    for (const { editor, doc } of devices) {
      addCard(editor, cell, { text: 'Nonsense' });
      textOf(doc, cards, hers, 'text')?.insert(0, 'NOT ');
    }
    storedRecord(phone.doc, cards, hers)?.set('gone', true);
    await ana.sees(() => readAll(ana.doc, cards).filter(({ text }) => text === 'Nonsense').length === 2);
    await ana.sees(() => readRecord(ana.doc, cards, hers)?.gone === true);

    const removing = remove(version, 'mallory');
    for (let n = 0; n < 20; n++) {
      addCard(ana.editor, cell, { text: `Hers ${n}` });
      for (const { editor } of devices) addCard(editor, cell, { text: `More nonsense ${n}` });
    }
    expect(await removing).toMatchObject({ kind: 'done', edit: { removed: { texts: 1, returned: 1 } } });
    await saved(ana, ...devices);
    // Edits from after the start of the removal are removed by the next one.
    expect(await remove(version, 'mallory')).toMatchObject({ kind: 'done' });
    const left = texts(await stored());
    expect(left).toEqual(['Waits', ...Array.from({ length: 20 }, (_, n) => `Hers ${n}`)].sort());
    await ana.sees(() => texts(ana.doc).join() === left.join());
    await agree(ana, phone, laptop);
  });

  test('R8 are removed while nobody is on the board, and restored by the earlier version', async () => {
    await open();
    const version = await keepEmpty();
    const mallory = await house.stock('mallory').synced();
    addCard(mallory.editor, cell, { text: 'Nonsense' });
    await saved(mallory);
    mallory.close();
    await house.rooms.evict(board, 1012, 'restart');
    const outcome = await remove(version, 'mallory', 'nobody');
    expect(outcome).toMatchObject({ kind: 'done', edit: { removed: { records: 1 } } });
    expect(texts(await stored())).toEqual([]);
    if (outcome.kind !== 'done') throw new Error('not removed');
    expect(outcome.before).toMatchObject({ kind: 'before-restore', person: 'fay' });
    const order = { record: await record(), document: 'board', version: outcome.before.id, person: 'fay' };
    await history.restore(order);
    expect(texts(await stored())).toEqual(['Nonsense']);
  });

  test('R8 are attributed again after a reset to a version from before a rebuild', async () => {
    await open();
    const version = await keepEmpty();
    const mallory = await house.stock('mallory').synced();
    addCard(mallory.editor, cell, { text: 'Nonsense' });
    await saved(mallory);
    mallory.close();
    const rebuilt = await rebuild();
    if (rebuilt.kind !== 'rebuilt') throw new Error('not rebuilt');
    // A rebuild forgets who wrote what.
    expect(await remove(version, 'mallory')).toMatchObject({ edit: { update: null } });
    await repairs.reset(await record(), 'board', rebuilt.version.id);
    expect(texts(await stored())).toEqual(['Nonsense']);
    expect(await remove(version, 'mallory')).toMatchObject({ edit: { removed: { records: 1 } } });
    expect(texts(await stored())).toEqual([]);
  });
});

/** This many cards that were created and removed, as one update. */
function removedCards(count: number): Uint8Array {
  const doc = new Y.Doc();
  for (let n = 0; n < count; n++)
    rootOf(doc, cards).set(`nonsense-${n}`, buildRecord(cards, { text: 'x'.repeat(300) }, true));
  return Y.encodeStateAsUpdate(doc);
}

function oneCard(text: string): Uint8Array {
  const doc = new Y.Doc();
  rootOf(doc, cards).set(text, buildRecord(cards, { text }));
  return Y.encodeStateAsUpdate(doc);
}
