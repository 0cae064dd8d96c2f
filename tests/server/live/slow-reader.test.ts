import { afterEach, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/board/card.ts';
import { buildRecord } from '../../../shared/board/collection.ts';
import { rootOf } from '../../../shared/board/document.ts';
import { maxCardText } from '../../../shared/limits.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { openHouse } from './harness.ts';
import type { RawClient } from './raw-client.ts';

let house: House;
let clock: FakeClock;
let ana: RawClient;
let ben: RawClient;

/** A board of 600 KB, so that a reader who stops reading is behind soon: the net itself takes megabytes. */
beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock });
  for (const person of ['ana', 'ben']) house.seat(person);
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

test('P9 a reader who does not keep up is sent no presence, and all of it when it has caught up', async () => {
  ben.socket.pause();
  let said = 0;
  const { tally } = house.rooms;
  while (tally.presenceSkipped === 0) {
    ben.step1(new Y.Doc());
    const { statesSent } = tally;
    while (tally.statesSent === statesSent) await new Promise(setImmediate);
    ana.presence([{ client: 1, clock: ++said, state: {} }]);
    ana.queryPresence();
    await ana.next('presence', ({ entries }) =>
      entries.some(({ clock, state }) => clock === said && state !== null),
    );
    clock.advance(33);
  }
  expect(tally.slowReaders).toBe(0);
  ben.socket.resume();
  ben.queryPresence();
  await ben.next('presence', ({ entries }) => entries.some((one) => one.clock === said));
  clock.advance(4_000);
  await ben.next('presence', ({ entries }) => entries.some((one) => one.clock === said));
});

test('W9 a reader who falls far behind is cut off, and nobody else', async () => {
  ben.socket.pause();
  const { tally } = house.rooms;
  while (tally.slowReaders === 0) {
    const { statesSent } = tally;
    ben.step1(new Y.Doc());
    while (tally.statesSent === statesSent) await new Promise(setImmediate);
  }
  ben.socket.resume();
  expect(await ben.closed).toEqual({ code: 1013, reason: 'too-slow' });
  await ana.state();
  expect(ana.socket.readyState).toBe(ana.socket.OPEN);
});
