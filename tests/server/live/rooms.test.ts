import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { roomStates } from '../../../server/live/contract.ts';
import { FullState } from '../../../server/live/room/full-state.ts';
import { Fullness } from '../../../server/live/room/fullness.ts';
import type { Draining } from '../../../server/live/room/room-state.ts';
import { mayFollow, RoomStateMachine } from '../../../server/live/room/room-state.ts';
import { heapPerRoom } from '../../../server/live/limits.ts';
import { cards, addCard, removeCards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readAll, readRecord, rootOf, textOf } from '../../../shared/schema/read.ts';
import { FakeClock } from './fake-clock.ts';
import type { House, HouseOptions } from './harness.ts';
import { board, openHouse } from './harness.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };

let house: House;
let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
});

afterEach(() => house.close());

async function open(options: HouseOptions = {}): Promise<void> {
  house = await openHouse({ clock, ...options });
  for (const person of ['ana', 'ben', 'cleo']) house.membership(person);
}

const stateOf = (name = board) => house.rooms.report().find((room) => room.board === name)?.state ?? 'absent';

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise(setImmediate);
}

/** A document with a missing dependency: half of what a person typed. */
function torn(): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap('cards').set('one', 1);
  const before = Y.encodeStateVector(doc);
  doc.getMap('cards').set('two', 2);
  return Y.encodeStateAsUpdate(doc, before);
}

describe('the states of a room', () => {
  test('R1 R2 R3 only the allowed transitions between states are possible', () => {
    const all = [...roomStates, 'absent'] as const;
    const legal = all.flatMap((before) =>
      all.filter((after) => mayFollow(before, after)).map((after) => `${before} > ${after}`),
    );
    expect(legal).toEqual([
      'loading > live',
      'loading > failing',
      'loading > quarantined',
      'loading > absent',
      'live > draining',
      'live > failing',
      'live > absent',
      'draining > live',
      'draining > failing',
      'draining > absent',
      'failing > live',
      'failing > absent',
      'quarantined > absent',
    ]);
    const states = new RoomStateMachine();
    expect(() => states.become({ kind: 'draining' } as Draining)).toThrow('loading');
    states.become({ kind: 'absent', stored: null, open: null });
    expect(states.now.kind).toBe('absent');
    return open();
  });

  test('R1 a room is loading until its content has been read, then answers requests that arrived meanwhile', async () => {
    await open();
    house.store.hold();
    const ana = await house.raw('ana', { control: true });
    ana.step1(new Y.Doc());
    await until(() => stateOf() === 'loading');
    house.store.release();
    await ana.next('step2');
    await until(() => stateOf() === 'live');
  });

  test('R2 an empty room drains after 30 s; a person who joins meanwhile keeps it open', async () => {
    await open();
    const ana = await house.stock('ana').synced();
    addCard(ana.editor, cell, { text: 'kept' });
    await until(() => house.rooms.counters.updates > 0 && house.rooms.gauges.unsaved === 0);
    ana.close();
    await until(() => house.rooms.socketCount(board) === 0);
    clock.advance(29_000);
    expect(stateOf()).toBe('live');
    house.store.hold();
    clock.advance(2_000);
    await until(() => stateOf() === 'draining');
    const ben = await house.raw('ben');
    await until(() => stateOf() === 'live');
    house.store.release();
    expect(readAll(await ben.state(), cards).map(({ text }) => text)).toEqual(['kept']);
    await until(() => house.rooms.counters.checkpoints > 0);
    expect(stateOf()).toBe('live');
    await ben.leave();
    await until(() => house.rooms.socketCount(board) === 0);
    clock.advance(31_000);
    await until(() => stateOf() === 'absent');
  });

  test('R3 an incomplete document is quarantined, and nobody can join until it is reset', async () => {
    await open();
    await house.store.resetDocument(`${board}/board`, torn());
    const ana = await house.raw('ana');
    expect(await ana.closed).toEqual({ code: 1013, reason: 'quarantined' });
    expect(stateOf()).toBe('quarantined');
    const ben = await house.raw('ben');
    expect(await ben.closed).toEqual({ code: 1013, reason: 'quarantined' });
    await house.store.resetDocument(`${board}/board`, Y.encodeStateAsUpdate(new Y.Doc()));
    await house.rooms.evict(board, 1013, 'reset');
    await (await house.raw('cleo')).state();
    expect(stateOf()).toBe('live');
  });
});

describe('R4 a frozen board', () => {
  test('R4 accepts no edits, loses none, and accepts them after the thaw', async () => {
    await open();
    const ana = await house.stock('ana').synced();
    const ben = await house.raw('ben', { control: true });
    await ben.state();
    house.rooms.freeze(board, true);
    expect(await ben.told('read-only')).toEqual({ kind: 'read-only', why: 'frozen' });
    addCard(ana.editor, cell, { text: 'in the cold' });
    await until(() => house.rooms.counters.deferredUpdates > 0);
    expect(readAll(await ben.state(), cards)).toEqual([]);
    const cleo = await house.raw('cleo', { control: true });
    expect(await cleo.told('read-only')).toEqual({ kind: 'read-only', why: 'frozen' });
    house.rooms.freeze(board, false);
    expect(await ben.told('read-only')).toEqual({ kind: 'read-only', why: null });
    await until(() => house.rooms.counters.updates > 0 && house.rooms.gauges.unsaved === 0);
    expect(readAll(await ben.state(), cards).map(({ text }) => text)).toEqual(['in the cold']);
  });

  test('R4 is still frozen when it is opened again', async () => {
    await open();
    await house.store.changeBoard(board, (record) => ({ ...record, frozen: true }));
    const ana = await house.raw('ana', { control: true });
    expect(await ana.told('read-only')).toEqual({ kind: 'read-only', why: 'frozen' });
    expect(house.rooms.report()[0]?.readOnly).toBe('frozen');
  });
});

describe('R5 a board that was reset', () => {
  test('R5 sends its generation to people who join', async () => {
    await open();
    await house.store.changeBoard(board, (record) => ({ ...record, generation: 3 }));
    const ana = await house.raw('ana', { control: true });
    expect((await ana.told('welcome')).generation).toBe(3);
  });
});

describe('B8 the heap', () => {
  test('B8 above the limit empty rooms close first, then no further room opens', async () => {
    await open({ heapBudgetBytes: 2.5 * heapPerRoom });
    for (const name of ['two', 'three', 'four']) house.store.addBoard(name);
    const at = async (name: string) => {
      house.membership(`on-${name}`, 'participant', { board: name });
      return house.raw(`on-${name}`);
    };
    const one = await house.raw('ana');
    await one.state();
    const two = await at('two');
    await two.state();
    await two.leave();
    await until(() => house.rooms.socketCount('two') === 0);
    const three = await at('three');
    await three.state();
    const four = await at('four');
    await four.state();
    await until(() => stateOf('two') === 'absent');
    const again = await at('two');
    expect(await again.closed).toEqual({ code: 1013, reason: 'server-full' });
    // People can still join an open board.
    await (await house.raw('ben')).state();
    expect(house.rooms.gauges.heapBytes).toBeGreaterThan(house.rooms.gauges.heapBudgetBytes);
  });
});

describe('B9 the size of a document', () => {
  test('B9 warns from 70 %, and at 100 % refuses additions but not removals', async () => {
    await open({ maxDocumentBytes: 40_000 });
    house.membership('ana', 'facilitator');
    const ana = await house.stock('ana').synced();
    const ben = await house.raw('ben', { control: true });
    let last = '';
    const told: number[] = [];
    const note = () => {
      for (const one of ben.heard.splice(0))
        if (one.kind === 'control' && one.control.kind === 'fullness') told.push(one.control.percent);
    };
    while (told.at(-1) !== 100) {
      last = addCard(ana.editor, cell, { text: 'x'.repeat(1_000) });
      const { commits } = house.rooms.counters;
      await until(() => house.rooms.counters.commits > commits);
      await ben.state();
      note();
    }
    expect(told).toEqual([70, 75, 80, 85, 90, 95, 100]);
    const late = await house.raw('cleo', { control: true });
    expect((await late.told('fullness')).percent).toBe(100);
    removeCards(ana.editor, [last]);
    const ended = ana.ended();
    addCard(ana.editor, cell, { text: 'one more' });
    expect(await ended).toEqual({ code: 4422, reason: 'document-full' });
  });

  test('B9 G20 participants can fill 90 % of it, even between two merges; facilitators can continue', async () => {
    await open({ maxDocumentBytes: 400_000 });
    house.membership('fia', 'facilitator');
    house.membership('olga', 'observer');
    const fia = await house.stock('fia').synced();
    const crowd = await Promise.all(['ana', 'ben', 'cleo'].map((person) => house.stock(person).synced()));
    const endings = crowd.map((one) => one.ended());
    // All at once, so that most is checked before anything is merged; then the rest.
    for (const one of crowd)
      for (let i = 0; i < 60; i++) addCard(one.editor, cell, { text: 'x'.repeat(3_000) });
    for (const [n, { editor, provider }] of crowd.entries()) {
      while (provider.wsconnected) {
        const { commits } = house.rooms.counters;
        addCard(editor, cell, { text: 'x'.repeat(1_000) });
        await until(() => !provider.wsconnected || house.rooms.counters.commits > commits);
      }
      expect(await endings[n]).toEqual({ code: 4422, reason: 'document-full' });
    }
    const most = 0.9 * 400_000;
    const { bytes = 0 } = house.rooms.report().find(({ board }) => board === 'lovtag') ?? {};
    expect(bytes).toBeGreaterThan(0.7 * most);
    expect(bytes).toBeLessThan(1.02 * most);
    const id = addCard(fia.editor, cell, { text: 'There is room for me.' });
    const late = await house.stock('olga').synced();
    await late.sees(() => readRecord(late.doc, cards, id)?.gone === false);
  });

  test('B9 a document that is full only before merging is merged, and then accepts more', async () => {
    await open({ maxDocumentBytes: 20_000 });
    const ana = await house.stock('ana').synced();
    const id = addCard(ana.editor, cell, { text: 'x'.repeat(3_950) });
    for (let i = 0; i < 3; i++) addCard(ana.editor, cell, { text: 'y'.repeat(3_950) });
    await until(() => house.rooms.gauges.unsaved === 0);
    // Typed character by character, the journal grows by ten times the text.
    const { provider } = ana;
    for (let i = 0; i < 200 && provider.wsconnected; i++) {
      textOf(ana.doc, cards, id, 'text')?.insert(0, 'z');
      const { commits } = house.rooms.counters;
      await until(() => !provider.wsconnected || house.rooms.counters.commits > commits);
    }
    const ben = await house.raw('ben', { control: true });
    await until(() => house.store.checkpoints > 0);
    const doc = new Y.Doc();
    rootOf(doc, cards).set('late', buildRecord(cards, { text: 'There is room.' }));
    ben.update(Y.encodeStateAsUpdate(doc));
    expect((await ben.told('saved')).frames).toBe(1);
  });

  test('B9 only a higher fullness is announced', () => {
    const fullness = new Fullness(1_000);
    expect([100, 699, 700, 749, 760, 720, 765, 2_000].map((bytes) => fullness.note(bytes))).toEqual([
      null,
      null,
      70,
      null,
      75,
      null,
      null,
      100,
    ]);
    expect(fullness.isReached).toBe(true);
    return open();
  });
});

describe('requests from HTTP', () => {
  test('W5 the full state is the snapshot and the later updates, and never more than is on disk', async () => {
    await open();
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (let n = 0; n < 10; n++) rootOf(doc, cards).set(`c${n}`, buildRecord(cards, { text: `${n}` }));
    const [first = new Uint8Array(), ...rest] = updates;
    const full = new FullState({
      snapshot: first,
      updates: rest.slice(0, 3),
      sequence: 4,
      owners: new Map(),
      isBehind: false,
    });
    rest.slice(3).forEach((update, i) => full.add(update, 5 + i));
    expect(full.updatesSince).toBe(9);
    expect(full.packets()).toBe(full.packets());
    expect(full.packets()).toHaveLength(2);
    const half = new Y.Doc();
    for (const update of updates.slice(0, 6)) Y.applyUpdate(half, update);
    full.rebase({ state: Y.encodeStateAsUpdate(half), sequence: 6 });
    expect(full.updatesSince).toBe(4);
    full.rebase({ state: Y.encodeStateAsUpdate(doc), sequence: 10 });
    expect(full.packets()).toHaveLength(1);
    expect(full.bytes).toBe(Y.encodeStateAsUpdate(doc).length);
  });

  test('D7 an update of the server is applied, stored and sent; a closed room opens for it', async () => {
    await open();
    const doc = new Y.Doc();
    rootOf(doc, cards).set('restored', buildRecord(cards, { text: 'back' }));
    await house.rooms.write(board, 'board', Y.encodeStateAsUpdate(doc));
    expect(house.store.journal.at(-1)?.person).toBe('');
    const ana = await house.raw('ana');
    expect(readRecord(await ana.state(), cards, 'restored')?.text).toBe('back');
    house.store.fail(new Error('no space left'));
    await expect(house.rooms.write(board, 'board', one('never'))).rejects.toThrow('not written');
    house.store.fail(null);
  });

  test('D10 evicted people get the reason, and the room is closed', async () => {
    await open();
    const ana = await house.raw('ana');
    await ana.state();
    await house.rooms.evict(board, 4404, 'no-such-board');
    expect(await ana.closed).toEqual({ code: 4404, reason: 'no-such-board' });
    expect(house.rooms.report()).toEqual([]);
  });

  test('D12 a version is stored every 10 minutes while people edit, and none while nobody does', async () => {
    await open();
    house.store.now = clock.wall;
    const ana = await house.stock('ana').synced();
    const versions = () => house.store.versions(`${board}/board`);
    expect(await versions()).toEqual([]);
    addCard(ana.editor, cell, { text: 'one' });
    while ((await versions()).length < 1) await new Promise(setImmediate);
    addCard(ana.editor, cell, { text: 'two' });
    await until(() => house.rooms.gauges.unsaved === 0);
    clock.advance(11 * 60_000);
    expect(await versions()).toHaveLength(1);
    const again = await house.stock('ana').synced();
    addCard(again.editor, cell, { text: 'three' });
    while ((await versions()).length < 2) await new Promise(setImmediate);
    expect((await versions())[0]).toMatchObject({ kind: 'automatic', person: '' });
  });
});

function one(id: string): Uint8Array {
  const doc = new Y.Doc();
  rootOf(doc, cards).set(id, buildRecord(cards, { text: id }));
  return Y.encodeStateAsUpdate(doc);
}
