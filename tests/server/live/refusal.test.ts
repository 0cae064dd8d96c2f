import fc from 'fast-check';
import { maxHeldFrames } from '../../../server/live/limits.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard } from '../../../shared/collections/card.ts';
import { people } from '../../../shared/collections/person.ts';
import { addPhase } from '../../../shared/collections/phase.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readAll, rootOf, storedRecord } from '../../../shared/schema/read.ts';
import { maxFrameBytes } from '../../../shared/limits.ts';
import { frameKind, syncKind } from '../../../shared/wire/protocol.ts';
import type { House } from './harness.ts';
import { board, openHouse, openHouseOn } from './harness.ts';
import { handUpdate, pastAllNumbers } from './hand-update.ts';
import { MemoryStore } from './memory-store.ts';
import { syncFrame } from './raw-client.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };

let house: House;

beforeEach(async () => {
  house = await openHouse();
  for (const person of ['ana', 'ben']) house.membership(person);
  house.membership('olga', 'observer');
});

afterEach(() => house.close());

/** A server that has read the disk of an earlier one that is closed now. */
async function restarted(before: House): Promise<House> {
  await before.close();
  const store = new MemoryStore();
  store.addBoard(board);
  for (const entry of before.store.journal) await store.append(entry);
  return openHouseOn(store);
}

/** An update that a participant may not make. */
function backdoor(): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap('backdoor').set('a', 'secret words');
  return Y.encodeStateAsUpdate(doc);
}

function card(person: string, id = 'card'): Uint8Array {
  const doc = new Y.Doc();
  rootOf(doc, cards).set(id, buildRecord(cards, { text: 'secret words', author: person }));
  return Y.encodeStateAsUpdate(doc);
}

describe('G1 an observer changes nothing', () => {
  test('G1 a stock observer’s edits stay on the observer’s own screen', async () => {
    const ana = await house.stock('ana').synced();
    const olga = await house.stock('olga').synced();
    addCard(olga.editor, cell, { text: 'mine' });
    addCard(ana.editor, cell, { text: 'ours' });
    await olga.sees(() => readAll(olga.doc, cards).length === 2);
    expect(readAll(ana.doc, cards).map(({ text }) => text)).toEqual(['ours']);
    expect(house.rooms.counters.observerUpdates).toBeGreaterThan(0);
    expect(olga.provider.wsconnected).toBe(true);
  });

  test('G1 hand-made updates are counted, refused once, and never decoded', async () => {
    const olga = await house.raw('olga', { control: true });
    const before = Y.encodeStateAsUpdate(await olga.state());
    olga.step2();
    olga.step2(card('olga'));
    olga.update(card('olga'));
    olga.update(new Uint8Array([255, 255, 255]));
    expect((await olga.next('denied')).reason).toBe('observer');
    expect((await olga.told('refused')).reason).toBe('observer');
    expect(Y.encodeStateAsUpdate(await olga.state())).toEqual(before);
    expect(olga.heard.map((one) => one.kind)).not.toContain('denied');
    expect(house.rooms.counters.observerUpdates).toBe(3);
    expect(house.rooms.counters.updates).toBe(0);
    expect(olga.socket.readyState).toBe(olga.socket.OPEN);
  });
});

describe('G17 a refused update', () => {
  test('G17 changes nothing, closes the socket with the reason, and affects nobody else', async () => {
    const ben = await house.stock('ben').synced();
    addCard(ben.editor, cell, { text: 'stays' });
    const olga = await house.raw('olga');
    const ana = await house.raw('ana', { control: true });
    await ben.sees(() => rootOf(ben.doc, people).size === 3);
    const before = Y.encodeStateAsUpdate(await olga.state());
    ana.step2(backdoor());
    expect((await ana.next('denied')).reason).toBe('unknown-root');
    expect((await ana.told('refused')).reason).toBe('unknown-root');
    expect(await ana.closed).toEqual({ code: 4422, reason: 'unknown-root' });
    expect(Y.encodeStateAsUpdate(await olga.state())).toEqual(before);
    expect(ben.provider.wsconnected).toBe(true);
    expect(house.rooms.counters.refusals['unknown-root']).toBe(1);
    const line = house.log.find((one) => one.includes('update refused')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ board: 'lovtag', reason: 'unknown-root', rule: 'G5' });
    expect(house.log.join('')).not.toContain('secret words');
  });

  test('G17 Ana’s earlier edits are stored, later ones are not', async () => {
    const ana = await house.raw('ana', { control: true });
    ana.update(card('ana', 'before'));
    ana.update(backdoor());
    ana.update(card('ana', 'after'));
    await ana.closed;
    const doc = await (await house.raw('ben')).state();
    expect(readAll(doc, cards).map(({ id }) => id)).toEqual(['before']);
  });

  test('G17 a participant who changes the frame is closed as not allowed, and a stock client does not reconnect', async () => {
    const ana = await house.stock('ana').synced();
    const ended = ana.ended();
    addPhase(ana.editor, 'before', 'Mine', { after: null, before: null });
    expect(await ended).toEqual({ code: 4403, reason: 'role' });
  });

  test('G17 bytes that are not an update are malformed', async () => {
    const ana = await house.raw('ana');
    ana.update(new Uint8Array([9, 9, 9]));
    expect(await ana.closed).toEqual({ code: 4400, reason: 'malformed' });
  });

  test('G3 after Ana’s answer, an update without its dependencies is refused', async () => {
    const ana = await house.raw('ana');
    ana.step2();
    const doc = new Y.Doc();
    rootOf(doc, cards).set('a', buildRecord(cards, {}));
    const before = Y.encodeStateVector(doc);
    storedRecord(doc, cards, 'a')?.set('gone', true);
    ana.update(Y.encodeStateAsUpdate(doc, before));
    expect(await ana.closed).toEqual({ code: 4422, reason: 'missing-dependency' });
  });

  test('G3 W4 held updates of a socket are limited to 1,000 frames', async () => {
    const ana = await house.raw('ana');
    const doc = new Y.Doc();
    rootOf(doc, cards).set('a', buildRecord(cards, {}));
    const before = Y.encodeStateVector(doc);
    storedRecord(doc, cards, 'a')?.set('gone', true);
    for (let i = 0; i <= maxHeldFrames; i++) ana.update(Y.encodeStateAsUpdate(doc, before));
    expect(await ana.closed).toEqual({ code: 4422, reason: 'missing-dependency' });
    expect(house.rooms.counters.heldUpdates).toBe(maxHeldFrames);
  });
});

describe('G4 the owner of a client id', () => {
  test('G4 Ben’s stays his after a restart: Ana cannot write under it', async () => {
    const ben = await house.stock('ben').synced();
    const id = addCard(ben.editor, cell, { text: 'mine' });
    const olga = await house.stock('olga').synced();
    await olga.sees(() => readAll(olga.doc, cards).length === 1);
    const forged = new Y.Doc();
    Y.applyUpdate(forged, Y.encodeStateAsUpdate(ben.doc));
    forged.clientID = ben.doc.clientID;
    const before = Y.encodeStateVector(forged);
    storedRecord(forged, cards, id)?.set('evidence', 'data');

    house = await restarted(house);
    house.membership('ana');
    house.membership('fred', 'facilitator');
    const fred = await house.raw('fred', { control: true });
    const ana = await house.raw('ana');
    ana.step2(Y.encodeStateAsUpdate(forged, before));
    expect((await ana.next('denied')).reason).toBe('held');
    ana.update(Y.encodeStateAsUpdate(forged, before));
    const after = await fred.state();
    expect(readAll(after, cards)).toMatchObject([{ text: 'mine', evidence: 'hypothesis' }]);
    expect(fred.heard).not.toContainEqual({ kind: 'control', control: { kind: 'loss', people: 1 } });
  });

  test('G4 Ana cannot write under Ben’s id in a live update either', async () => {
    const ben = await house.stock('ben').synced();
    const id = addCard(ben.editor, cell, { text: 'mine' });
    const ana = await house.raw('ana');
    ana.step2();
    const forged = await ana.state();
    forged.clientID = ben.doc.clientID;
    const before = Y.encodeStateVector(forged);
    storedRecord(forged, cards, id)?.set('evidence', 'data');
    ana.update(Y.encodeStateAsUpdate(forged, before));
    expect(await ana.closed).toEqual({ code: 4422, reason: 'not-author' });
  });
});

describe('G18 a client id that Yjs cannot read back', () => {
  test('G18 Ana’s client id above all numbers is refused, and everybody can read the board, also after a restart', async () => {
    const ben = await house.stock('ben').synced();
    addCard(ben.editor, cell, { text: 'ours' });
    const ana = await house.raw('ana');
    ana.update(
      handUpdate([
        {
          client: pastAllNumbers,
          clock: 0,
          structs: [{ parent: 'cards', key: 'poison', content: { type: 'map' } }],
        },
      ]),
    );
    expect(await ana.closed).toEqual({ code: 4400, reason: 'malformed' });
    const olga = await house.stock('olga').synced();
    await olga.sees(() => readAll(olga.doc, cards).length === 1);
    house = await restarted(house);
    house.membership('ben');
    const after = await house.stock('ben').synced();
    await after.sees(() => readAll(after.doc, cards).length === 1);
    expect(readAll(after.doc, cards).map(({ text }) => text)).toEqual(['ours']);
  });

  test('P4 an observer’s presence under such an id is malformed, and not relayed', async () => {
    const ana = await house.raw('ana');
    const olga = await house.raw('olga');
    const entry = [...pastAllNumbers, 1, 2, 123, 125];
    olga.send(new Uint8Array([frameKind.awareness, entry.length + 1, 1, ...entry]));
    expect(await olga.closed).toEqual({ code: 4400, reason: 'malformed' });
    ana.queryPresence();
    expect((await ana.next('presence')).entries).toEqual([]);
  });
});

describe('W2 malformed frames', () => {
  test('W2 a text frame, an unknown kind and a cut frame are malformed', async () => {
    for (const bytes of [
      'hello',
      new Uint8Array([99]),
      syncFrame(syncKind.update, card('ana')).slice(0, -3),
    ]) {
      const ana = await house.raw('ana');
      ana.send(bytes);
      expect(await ana.closed).toEqual({ code: 4400, reason: 'malformed' });
    }
  });

  test('W3 a frame above the limit is too large, one at the limit is not', async () => {
    const ana = await house.raw('ana');
    ana.update(new Uint8Array(maxFrameBytes));
    expect(await ana.closed).toEqual({ code: 4413, reason: 'too-large' });
    const ben = await house.raw('ben');
    ben.send(new Uint8Array(maxFrameBytes));
    expect((await ben.closed).code).toBe(4400);
  });

  test('W5 an invalid state vector is malformed', async () => {
    const ana = await house.raw('ana');
    ana.send(syncFrame(syncKind.step1, new Uint8Array([5, 1])));
    expect(await ana.closed).toEqual({ code: 4400, reason: 'malformed' });
  });

  test('W2 random bytes to a live room affect nobody', async () => {
    const ben = await house.stock('ben').synced();
    const bytes = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 60 }), { numRuns: 60, seed: 7 });
    for (const [i, random] of bytes.entries()) {
      const ana = await house.raw('ana');
      const prefix = [[], [0, 2, random.length], [0, 1, random.length], [1, random.length]][i % 4] ?? [];
      ana.send(new Uint8Array([...prefix, ...random]));
      ana.send('the end');
      const { code } = await ana.closed;
      expect([4400, 4422]).toContain(code);
    }
    addCard(ben.editor, cell, { text: 'still here' });
    const olga = await house.stock('olga').synced();
    await olga.sees(() => readAll(olga.doc, cards).length === 1);
    expect(readAll(olga.doc, cards).map(({ text }) => text)).toEqual(['still here']);
    expect(ben.provider.wsconnected).toBe(true);
  });
});
