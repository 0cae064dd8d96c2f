import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard } from '../../../shared/collections/card.ts';
import { ideas, addIdea, removeIdea } from '../../../shared/collections/idea.ts';
import { people } from '../../../shared/collections/person.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { openRoots } from '../../../shared/documents.ts';
import { readAll, readRecord, rootOf, textOf } from '../../../shared/schema/read.ts';
import { writeText } from '../../../shared/schema/text-splice.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { board, openHouse } from './harness.ts';
import type { StockClient } from './stock-client.ts';
import { agree } from './stock-client.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };

let house: House;

beforeEach(async () => {
  house = await openHouse();
  for (const person of ['ana', 'ben', 'cleo']) house.membership(person);
  house.membership('olga', 'observer');
});

afterEach(() => house.close());

const textOn = (client: StockClient, card: string) => textOf(client.doc, cards, card, 'text')?.toJSON();

describe('stock y-websocket clients', () => {
  test('W1 Ana and Ben write on one board, Cleo joins late, Olga observes: all see the same', async () => {
    const ana = await house.stock('ana').synced();
    const ben = await house.stock('ben').synced();
    const olga = await house.stock('olga').synced();
    const card = addCard(ana.editor, cell, { text: 'Where is the door?' });
    await ben.sees(() => textOn(ben, card) === 'Where is the door?');
    writeText(ben.editor, cards, card, 'text', 'Where is the entrance?');
    await ana.sees(() => textOn(ana, card) === 'Where is the entrance?');
    await olga.sees(() => textOn(olga, card) === 'Where is the entrance?');
    const cleo = await house.stock('cleo').synced();
    await agree(ana, ben, cleo);
    expect(textOn(cleo, card)).toBe('Where is the entrance?');
  });

  test('W4 Ana’s offline edits are merged when she returns, with what she types before the answer', async () => {
    const ana = await house.stock('ana').synced();
    const ben = await house.stock('ben').synced();
    ana.provider.disconnect();
    const card = addCard(ana.editor, cell, { text: 'offline' });
    ana.provider.connect();
    // The socket is open, and the server's request is not answered yet, so this is sent first.
    ana.provider.on('status', ({ status }) => {
      if (status === 'connected') writeText(ana.editor, cards, card, 'text', 'offline, and back');
    });
    await ben.sees(() => textOn(ben, card) === 'offline, and back');
    await agree(ana, ben);
    expect(house.rooms.counters.heldUpdates).toBeGreaterThan(0);
    expect(ana.provider.wsconnected).toBe(true);
  });

  test('W4 Ana and Ben type into one card at once', async () => {
    const ana = await house.stock('ana').synced();
    const ben = await house.stock('ben').synced();
    const card = addCard(ana.editor, cell, { text: '--' });
    await ben.sees(() => textOn(ben, card) === '--');
    for (const [n, letter] of Array.from('abcdefgh').entries()) {
      textOf(ana.doc, cards, card, 'text')?.insert(n, letter);
      const text = textOf(ben.doc, cards, card, 'text');
      text?.insert(text.length, letter.toUpperCase());
    }
    await ana.sees(() => textOn(ana, card) === 'abcdefgh--ABCDEFGH');
    await agree(ana, ben);
  });
});

describe('joining', () => {
  test('W4 a client with control frames gets a welcome, then a request for its state', async () => {
    const ana = await house.raw('ana', { control: true });
    await ana.next('step1');
    expect(await ana.told('welcome')).toEqual({
      kind: 'welcome',
      person: 'ana',
      role: 'participant',
      title: 'A day with Lövtåg',
      language: 'en',
      generation: 1,
    });
  });

  test('W4 an observer is not asked for its state', async () => {
    const olga = await house.raw('olga', { control: true });
    await olga.told('welcome');
    await olga.state();
    expect(olga.heard.map((one) => one.kind)).not.toContain('step1');
  });

  test('W6 a stock client gets no control frame', async () => {
    const ana = await house.raw('ana');
    await ana.state();
    expect(ana.heard.map((one) => one.kind)).not.toContain('control');
  });

  test('W5 the full state is not encoded again: a newcomer gets the stored bytes and later updates', async () => {
    const ana = await house.raw('ana');
    await ana.next('update');
    for (let i = 0; i < 3; i++) await ana.state();
    await house.raw('ben');
    await ana.next('update');
    expect(readAll(await ana.state(), people).map(({ id }) => id)).toEqual(['ana', 'ben']);
    expect(house.rooms.counters).toMatchObject({ statesSent: 4, differencesEncoded: 0 });
  });

  test('W5 clients that return with the same state vector share one answer, until the document changes', async () => {
    const ana = await house.raw('ana');
    const known = await ana.state();
    while (readAll(known, people).length === 0) Y.applyUpdate(known, (await ana.next('update')).bytes);
    const answers = [];
    for (let i = 0; i < 3; i++) {
      ana.step1(known);
      answers.push((await ana.next('step2')).bytes);
    }
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(house.rooms.counters.differencesEncoded).toBe(1);
    await house.raw('ben');
    await ana.next('update');
    ana.step1(known);
    Y.applyUpdate(known, (await ana.next('step2')).bytes);
    expect(readAll(known, people).map(({ id }) => id)).toEqual(['ana', 'ben']);
    expect(house.rooms.counters.differencesEncoded).toBe(2);
  });

  test('W5 a client with part of the state gets the difference', async () => {
    const ana = await house.stock('ana').synced();
    addCard(ana.editor, cell, { text: 'known' });
    const raw = await house.raw('cleo');
    const known = await raw.state();
    addCard(ana.editor, cell, { text: 'news' });
    while (readAll(known, cards).length < 2) {
      const before = Y.encodeStateVector(known);
      raw.step1(known);
      const { bytes } = await raw.next('step2');
      Y.applyUpdate(known, bytes);
      expect(Y.encodeStateAsUpdate(known, before)).toEqual(bytes);
    }
    expect(readAll(known, cards).map((card) => card.text)).toEqual(['known', 'news']);
  });

  test('W10 an unknown board or document closes the socket for good', async () => {
    house.membership('dan', 'participant', { board: 'nowhere' });
    const dan = await house.raw('dan');
    expect(await dan.closed).toEqual({ code: 4404, reason: 'no-such-board' });
    const ana = await house.raw('ana', { document: 'diary' });
    expect(await ana.closed).toEqual({ code: 4404, reason: 'no-such-document' });
  });

  test('R1 Ana and Ben join while the board loads: it is read once, and their early frames are processed', async () => {
    house.store.hold();
    const ana = await house.raw('ana', { control: true });
    const ben = await house.raw('ben');
    const doc = new Y.Doc();
    openRoots(doc);
    rootOf(doc, cards).set('early', buildRecord(cards, { text: 'early', author: 'ana' }));
    ana.step2(Y.encodeStateAsUpdate(doc));
    house.store.release();
    expect((await ana.told('saved')).frames).toBe(1);
    const seen = new Y.Doc();
    while (!readRecord(seen, cards, 'early')) Y.applyUpdate(seen, (await ben.next('update')).bytes);
    expect(house.store.loads).toBe(1);
  });
});

describe('edits of the server', () => {
  test('D7 a person who joins is written into the board, and again after a new name', async () => {
    const ana = await house.stock('ana').synced();
    await ana.sees(() => readRecord(ana.doc, people, 'ana')?.name === 'ana');
    house.membership('ana', 'participant', { name: 'Ana Ek', color: '#0b7a75' });
    const tab = await house.stock('ana').synced();
    await tab.sees(() => readRecord(tab.doc, people, 'ana')?.name === 'Ana Ek');
    expect(readRecord(tab.doc, people, 'ana')).toMatchObject({ role: 'participant', color: '#0b7a75' });
  });

  test('D7 a known person is not written again', async () => {
    const ana = await house.stock('ana').synced();
    await ana.sees(() => readRecord(ana.doc, people, 'ana') !== null);
    const { commits } = house.rooms.counters;
    const tab = await house.raw('ana', { control: true });
    tab.step2();
    await tab.told('saved');
    expect(house.rooms.counters.commits).toBe(commits);
  });

  test('D7 Ana and Ben add ideas at once: each gets a unique number, and numbers of removed ideas are not reused', async () => {
    const ana = await house.stock('ana').synced();
    const ben = await house.stock('ben').synced();
    for (let i = 0; i < 5; i++) {
      addIdea(ana.editor, { title: `ana ${i}` });
      addIdea(ben.editor, { title: `ben ${i}` });
    }
    const numbers = (client: StockClient) => readAll(client.doc, ideas).map((idea) => idea.number);
    await ana.sees(() => numbers(ana).length === 10 && !numbers(ana).includes(0));
    expect(numbers(ana).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const last = readAll(ana.doc, ideas).find((idea) => idea.number === 10);
    removeIdea(ana.editor, last?.id ?? '');
    const next = addIdea(ana.editor, { title: 'one more' });
    await ana.sees(() => readRecord(ana.doc, ideas, next)?.number === 11);
  });

  test('D7 the ideas of a template are numbered when the board is opened', async () => {
    const template = new Y.Doc();
    for (const id of ['a', 'b']) rootOf(template, ideas).set(id, buildRecord(ideas, { title: id }));
    const record = {
      id: 'fresh',
      title: 'Fresh',
      template: 'demo',
      language: 'en',
      start: 'map',
      createdAt: 0,
      links: [],
      generation: 1,
      frozen: false,
    } as const;
    await house.store.createBoard(record, Y.encodeStateAsUpdate(template));
    house.membership('ana', 'participant', { board: 'fresh' });
    const ana = await house.stock('ana').synced();
    await ana.sees(
      () =>
        readAll(ana.doc, ideas)
          .map(({ number }) => number)
          .join() === '1,2',
    );
  });
});

describe('requests from HTTP', () => {
  test('a new title is announced, and sent to people who join later', async () => {
    const ana = await house.raw('ana', { control: true });
    await ana.told('welcome');
    house.rooms.announce(board, { kind: 'board', title: 'Two days' });
    expect((await ana.told('board')).title).toBe('Two days');
    expect((await (await house.raw('ben', { control: true })).told('welcome')).title).toBe('Two days');
  });

  test('people whose link is revoked are disconnected, others stay', async () => {
    const ana = await house.raw('ana', { control: true });
    const olga = await house.raw('olga', { control: true });
    await Promise.all([ana.told('welcome'), olga.told('welcome')]);
    expect(
      house.rooms.dismiss(board, (membership) => membership.link === 'link-observer', 4403, 'revoked'),
    ).toBe(1);
    expect(await olga.closed).toEqual({ code: 4403, reason: 'revoked' });
    await ana.state();
    expect(house.rooms.colorsTaken(board)).toEqual(['#5b3df5']);
    expect(house.rooms.colorsTaken('nowhere')).toEqual([]);
  });
});

describe('time', () => {
  let clock: FakeClock;

  beforeEach(async () => {
    await house.close();
    clock = new FakeClock();
    house = await openHouse({ clock });
    house.membership('ana');
    house.membership('ben', 'participant', { expires: clock.now() + 60_000 });
  });

  test('W7 Ana, alone for 75 s, gets a frame at least every 12 s', async () => {
    const ana = await house.raw('ana');
    await ana.state();
    await ana.next('update');
    ana.heard.length = 0;
    for (let second = 0; second < 75; second += 12) {
      clock.advance(12_000);
      expect((await ana.next('presence')).entries).toEqual([]);
      // Her pongs have arrived by the time of this answer.
      await ana.state();
    }
    expect(ana.socket.readyState).toBe(ana.socket.OPEN);
  });

  test('W7 a socket that answers no ping is closed', async () => {
    const ana = await house.raw('ana');
    await ana.next('update');
    ana.socket.pause();
    clock.advance(40_000);
    ana.socket.resume();
    expect((await ana.closed).code).toBe(1006);
  });

  test('W7 Ben, silent in a busy room, is pinged, and stays', async () => {
    const ana = await house.raw('ana');
    const ben = await house.raw('ben');
    let pings = 0;
    ben.socket.on('ping', () => pings++);
    for (let said = 1; said <= 12; said++) {
      ana.presence([{ client: 1, clock: said, state: { said } }]);
      clock.advance(4_000);
      await ben.next('presence', ({ entries }) => entries.some((one) => one.clock === said));
      // The pong of this heartbeat has arrived once the server answers a later frame.
      if (said === 6) expect(pings).toBeGreaterThan(0);
    }
    expect(ben.socket.readyState).toBe(ben.socket.OPEN);
    expect(house.rooms.socketCount(board)).toBe(2);
  });

  test('W8 when Ben’s session expires, his socket is closed', async () => {
    const ben = await house.raw('ben');
    await ben.next('update');
    clock.advance(30_000);
    await ben.state();
    clock.advance(30_000);
    expect(await ben.closed).toEqual({ code: 4401, reason: 'expired' });
  });

  test('R2 D9 an empty room is written to disk after a while, and read again when a person joins', async () => {
    const ana = await house.stock('ana').synced();
    const card = addCard(ana.editor, cell, { text: 'kept' });
    const ben = await house.stock('ben').synced();
    await ben.sees(() => textOn(ben, card) === 'kept');
    ana.close();
    ben.close();
    while (house.rooms.colorsTaken(board).length > 0) await new Promise(setImmediate);
    clock.advance(29_000);
    const back = await house.stock('ana').synced();
    expect(house.store.loads).toBe(1);
    back.close();
    while (house.rooms.colorsTaken(board).length > 0) await new Promise(setImmediate);
    clock.advance(31_000);
    while (house.rooms.counters.checkpoints === 0) await new Promise(setImmediate);
    const { snapshot, updates } = await house.store.load(`${board}/board`);
    expect(updates).toEqual([]);
    const kept = new Y.Doc();
    Y.applyUpdate(kept, snapshot ?? new Uint8Array());
    expect(readRecord(kept, cards, card)?.text).toBe('kept');
    const again = await house.stock('ana').synced();
    await again.sees(() => textOn(again, card) === 'kept');
    expect(house.store.loads).toBe(3);
  });
});
