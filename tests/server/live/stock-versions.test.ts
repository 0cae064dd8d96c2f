import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { WebsocketProvider as OldProvider } from 'y-websocket-2';
import { cards, addCard } from '../../../shared/collections/card.ts';
import { lanes } from '../../../shared/collections/lane.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { readRecord, rootOf } from '../../../shared/schema/read.ts';
import { writeText } from '../../../shared/schema/text-splice.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { board, openHouse } from './harness.ts';
import { agree, StockClient, until } from './stock-client.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };

/** How long the client's own watchdog waits for a frame, and how often it checks. */
const watchdogMs = 30_000;
const lookMs = 3_000;

const versions = {
  // The same for these tests, except that it reconnects whatever the close code.
  'y-websocket 2': OldProvider as unknown as typeof WebsocketProvider,
  'y-websocket 3': WebsocketProvider,
};

let house: House;
let clock: FakeClock;

beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock });
  for (const person of ['ana', 'ben', 'cleo']) house.membership(person);
});

afterEach(() => house.close());

const textOn = (client: StockClient, card: string) => readRecord(client.doc, cards, card)?.text;

function client(person: string, Provider = WebsocketProvider): StockClient {
  const made = new StockClient(`ws://127.0.0.1:${house.port}/sync/${board}`, person, Provider);
  onTestFinished(() => made.close());
  return made;
}

/** Advances the server's time, one presence tick at a time, until a condition holds. Returns the elapsed time. */
async function pass(what: () => boolean): Promise<number> {
  const began = clock.now();
  while (!what()) {
    clock.advance(33);
    await turn();
  }
  return clock.now() - began;
}

describe.each(Object.entries(versions))('a client with %s', (_, Provider) => {
  const ana = () => {
    const one = client('ana', Provider);
    expect(one.provider).toBeInstanceOf(Provider);
    return one;
  };
  const sees = (one: StockClient, other: StockClient) => one.awareness.getStates().has(other.doc.clientID);

  test('W1 Ana writes with a person on the other version, and each sees where the other is', async () => {
    const one = await ana().synced();
    const [other] = Object.values(versions).filter((version) => version !== Provider);
    const ben = await client('ben', other).synced();
    const card = addCard(one.editor, cell, { text: 'Where is the door?' });
    await ben.sees(() => textOn(ben, card) === 'Where is the door?');
    writeText(ben.editor, cards, card, 'text', 'Where is the entrance?');
    await one.sees(() => textOn(one, card) === 'Where is the entrance?');
    for (const each of [one, ben]) each.awareness.setLocalStateField('at', card);
    const isAt = (each: StockClient, whose: StockClient) =>
      each.awareness.getStates().get(whose.doc.clientID)?.at === card;
    await pass(() => isAt(one, ben) && isAt(ben, one));
  });

  test('W4 Ana’s offline edits come with her, and she gets Ben’s', async () => {
    const one = await ana().synced();
    const ben = await client('ben').synced();
    one.provider.disconnect();
    const card = addCard(one.editor, cell, { text: 'offline' });
    const other = addCard(ben.editor, cell, { text: 'meanwhile' });
    one.provider.connect();
    await ben.sees(() => textOn(ben, card) === 'offline');
    await one.sees(() => textOn(one, other) === 'meanwhile');
    await agree(one, ben);
  });

  test.each([closeCode.restart, closeCode.busy])('W10 Ana reconnects after a close with %i', async (code) => {
    const one = await ana().synced();
    const gone = one.disconnected();
    house.rooms.dismiss(board, ({ person }) => person === 'ana', code, 'later');
    expect(await gone).toBe(code);
    await one.synced();
    const card = addCard(one.editor, cell, { text: 'back' });
    const ben = await client('ben').synced();
    expect(textOn(ben, card)).toBe('back');
  });

  test('W7 Ana, alone and silent for 75 s of her own time, gets enough frames for her watchdog', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const one = await ana().synced();
    const endings: unknown[] = [];
    one.provider.on('connection-close', (event) => endings.push(event));
    const longestMs = await hearFor(one, 75_000, (ms) => clock.advance(ms));
    expect(endings).toEqual([]);
    expect(longestMs).toBeLessThan(watchdogMs);
    const ben = await client('ben').synced();
    const card = addCard(one.editor, cell, { text: 'still here' });
    await ben.sees(() => textOn(ben, card) === 'still here');
    // The watchdog works: if the server is silent, it closes the socket.
    await hearFor(one, watchdogMs + 2 * lookMs, () => undefined);
    expect(endings).not.toEqual([]);
  });

  test('P6 Ana’s link breaks and she reconnects, idle: Ben never sees her leave', async () => {
    const ben = await client('ben').synced();
    const one = await ana().synced();
    await pass(() => sees(ben, one) && sees(one, ben));
    const departures: number[] = [];
    ben.awareness.on('update', ({ removed }: { removed: number[] }) =>
      departures.push(...removed.filter((id) => id === one.doc.clientID)),
    );
    socketOf(one).terminate();
    await until(
      () => !one.provider.wsconnected,
      (check) => one.provider.on('status', check),
    );
    await one.synced();
    expect(await pass(() => sees(one, ben))).toBeLessThanOrEqual(1_000);
    clock.advance(5_000);
    await ben.notices(() => sees(ben, one));
    expect(departures).toEqual([]);
  });

  test('P7 Ana leaves and reconnects, idle: Ana and Ben see each other within 1 s', async () => {
    const ben = await client('ben').synced();
    const one = await ana().synced();
    await pass(() => sees(ben, one) && sees(one, ben));
    one.provider.disconnect();
    await pass(() => !sees(ben, one));
    one.provider.connect();
    await one.synced();
    expect(await pass(() => sees(ben, one) && sees(one, ben))).toBeLessThanOrEqual(1_000);
  });
});

/** Advances a client's own time. Returns its longest silence. */
async function hearFor(one: StockClient, ms: number, alsoPasses: (ms: number) => void): Promise<number> {
  let longestMs = 0;
  for (let passed = 0; passed < ms && one.provider.wsconnected; passed += lookMs) {
    alsoPasses(lookMs);
    await echoOf(one);
    longestMs = Math.max(longestMs, Date.now() - one.provider.wsLastMessageReceived);
    // The provider compares the time of the last frame with `Date.now`, which it captured when it was loaded.
    one.provider.wsLastMessageReceived -= lookMs;
    vi.advanceTimersByTime(lookMs);
  }
  return longestMs;
}

/** Everything the server has sent has arrived: the pong comes after it, and is no frame for a provider. */
async function echoOf(one: StockClient): Promise<void> {
  const socket = socketOf(one);
  socket.ping();
  await once(socket, 'pong');
}

function socketOf({ provider }: StockClient): WebSocket {
  return provider.ws as unknown as WebSocket;
}

describe('a refused edit', () => {
  const refuse = (one: StockClient) =>
    rootOf(one.doc, lanes).set('mine', buildRecord(lanes, { title: 'not mine to add' }));

  test('G17 version 3 does not reconnect', async () => {
    const one = await client('ana').synced();
    const ended = one.ended();
    refuse(one);
    expect(await ended).toEqual({ code: closeCode.notAllowed, reason: 'role' });
    expect(one.provider.shouldConnect).toBe(false);
  });

  test('G17 version 2 keeps resending it: nobody else is affected, and she can still read', async () => {
    const [ben, cleo] = [await client('ben').synced(), await client('cleo').synced()];
    const one = await client('ana', versions['y-websocket 2']).synced();
    const codes: unknown[] = [];
    one.provider.on('connection-close', (event) => codes.push(event?.code));
    refuse(one);
    for (let round = 1; round <= 8; round++) {
      const card = addCard(ben.editor, cell, { text: `round ${round}` });
      await cleo.sees(() => textOn(cleo, card) === `round ${round}`);
      await one.sees(() => textOn(one, card) === `round ${round}`);
      await until(
        () => codes.length >= round,
        (check) => one.provider.on('connection-close', check),
      );
    }
    expect(new Set(codes)).toEqual(new Set([closeCode.notAllowed]));
    expect(rootOf(ben.doc, lanes).size).toBe(0);
    await agree(ben, cleo);
    expect(house.rooms.socketCount(board)).toBeLessThanOrEqual(3);
    expect(ben.provider.wsconnected && cleo.provider.wsconnected).toBe(true);
  });
});
