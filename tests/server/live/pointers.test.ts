import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { presenceBytesPerSecond } from '../../../server/live/limits.ts';
import { frameKind } from '../../../shared/wire/protocol.ts';
import { canvas, canvasReach, gone } from '../../../shared/wire/pointer.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { openHouse } from './harness.ts';
import type { RawClient } from './raw-client.ts';

const [cell, nextCell] = ['doing/arrive/', 'doing/arrive/door'];

let house: House;
let clock: FakeClock;

beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock });
  for (const person of ['ana', 'ben', 'cleo']) house.membership(person);
});

afterEach(() => house.close());

/** A person with a page: known by a client id, with pointers. */
async function present(person: string, client: number, state: object = {}): Promise<RawClient> {
  const raw = await house.raw(person, { control: true });
  raw.presence([{ client, clock: 1, state }]);
  await raw.next('presence', ({ entries }) => entries.some((one) => one.client === client));
  clock.advance(33);
  raw.heard.length = 0;
  return raw;
}

/** Lets presence go out, and returns the pointer that a client then receives. */
async function hears(listener: RawClient, client: number) {
  clock.advance(33);
  const { entries } = await listener.next('pointers', (one) =>
    one.entries.some((entry) => entry.client === client),
  );
  return entries.find((entry) => entry.client === client)?.pointer;
}

describe('P11 pointers', () => {
  test('P14 nobody gets the pointer of an observer', async () => {
    house.membership('olga', 'observer');
    const olga = await present('olga', 4);
    const ana = await present('ana', 1);
    const ben = await present('ben', 2);
    olga.point({ place: cell, x: 9, y: 9 });
    await olga.state();
    ana.point({ place: cell, x: 1, y: 2 });
    await ana.state();
    clock.advance(33);
    const { entries } = await ben.next('pointers');
    expect(entries.map((entry) => entry.client)).toEqual([1]);
  });

  test('P11 canvas pointers are sent unchanged, after map pointers, and always with their place', async () => {
    const ana = await present('ana', 1);
    const ben = await present('ben', 2);
    const cleo = await present('cleo', 3);
    ana.point({ place: canvas, x: -1_200, y: 340 });
    ben.point({ place: cell, x: 1, y: 2 });
    await Promise.all([ana.state(), ben.state()]);
    clock.advance(66);
    expect(await hears(cleo, 1)).toEqual({ place: canvas, x: -1_200, y: 340 });
    // The first goes out at once, and the others together on the next tick.
    ana.point({ place: canvas, x: 0, y: 0 });
    await ana.state();
    ana.point({ place: canvas, x: -1_201, y: 340 });
    ben.point({ place: cell, x: 2, y: 2 }, true);
    await Promise.all([ana.state(), ben.state()]);
    clock.advance(33);
    const both = await cleo.next('pointers', ({ entries }) => entries.length === 2);
    expect(both.entries).toEqual([
      { client: 2, pointer: { place: cell, x: 2, y: 2 } },
      { client: 1, pointer: { place: canvas, x: -1_201, y: 340 } },
    ]);
    const late = await house.raw('cleo', { control: true });
    const { entries } = await late.next('pointers');
    expect(entries.map(({ client }) => client)).toEqual([2, 1]);
    expect(entries.at(-1)?.pointer).toEqual({ place: canvas, x: -1_201, y: 340 });
  });

  test('P11 a pointer outside the range of a canvas is invalid', async () => {
    const ana = await present('ana', 1);
    ana.point({ place: canvas, x: 0, y: canvasReach + 1 });
    expect((await ana.closed).code).toBe(4400);
  });

  test('P11 Ben gets only the latest position of Ana’s pointer', async () => {
    const ana = await present('ana', 1);
    const ben = await present('ben', 2);
    for (let n = 1; n <= 9; n++) ana.point({ place: cell, x: n, y: 0 });
    await ana.state();
    expect(await hears(ben, 1)).toEqual({ place: cell, x: 1, y: 0 });
    expect(await hears(ben, 1)).toEqual({ place: cell, x: 9, y: 0 });
    expect(ben.heard.some((one) => one.kind === 'pointers')).toBe(false);
  });

  test('P11 a move within a cell is two numbers; readers that are late or missed it get the place', async () => {
    const ana = await present('ana', 1);
    const ben = await present('ben', 2);
    ana.point({ place: cell, x: 1, y: 1 });
    expect(await hears(ben, 1)).toEqual({ place: cell, x: 1, y: 1 });
    ana.point({ place: cell, x: 2, y: 2 }, true);
    await ana.state();
    const { bytesHeard } = ben;
    expect(await hears(ben, 1)).toEqual({ place: cell, x: 2, y: 2 });
    expect(ben.bytesHeard - bytesHeard).toBeLessThan(10);

    // Ana goes to another cell and back. Cleo joins in between and knows only the other cell.
    ana.point({ place: nextCell, x: 3, y: 3 });
    await ana.state();
    const cleo = await house.raw('cleo', { control: true });
    expect((await cleo.next('pointers')).entries).toEqual([
      { client: 1, pointer: { place: nextCell, x: 3, y: 3 } },
    ]);
    ana.point({ place: cell, x: 4, y: 4 });
    await ana.state();
    expect(await hears(cleo, 1)).toEqual({ place: cell, x: 4, y: 4 });
    expect(await hears(ben, 1)).toEqual({ place: cell, x: 4, y: 4 });
  });

  test('P11 a pointer that leaves the map is announced, but not to readers that join later', async () => {
    const ana = await present('ana', 1);
    const ben = await present('ben', 2);
    ana.point({ place: cell, x: 1, y: 1 });
    await hears(ben, 1);
    ana.point({ place: gone, x: 0, y: 0 });
    await ana.state();
    expect((await hears(ben, 1))?.place).toBe(gone);
    const cleo = await house.raw('cleo', { control: true });
    await cleo.state();
    expect(cleo.heard.some((one) => one.kind === 'pointers')).toBe(false);
  });

  test('P11 stock clients get no pointers, but all states', async () => {
    const ana = await present('ana', 1);
    const ben = await house.raw('ben');
    ana.point({ place: cell, x: 1, y: 1 });
    ana.presence([{ client: 1, clock: 2, state: { view: 'map' } }]);
    await ana.state();
    clock.advance(33);
    await ben.next('presence', ({ entries }) => entries.some(({ clock }) => clock === 2));
    await ben.state();
    expect(ben.heard.some((one) => one.kind === 'pointers')).toBe(false);
  });

  test('P11 ignores a pointer without a known client id or without a place', async () => {
    const ben = await present('ben', 2);
    const ana = await house.raw('ana', { control: true });
    ana.point({ place: cell, x: 1, y: 1 });
    const cleo = await present('cleo', 3);
    cleo.point({ place: cell, x: 1, y: 1 }, true);
    await Promise.all([ana.state(), cleo.state()]);
    clock.advance(33);
    await ben.state();
    expect(ben.heard.some((one) => one.kind === 'pointers')).toBe(false);
  });

  test('P11 a new socket must name the place again', async () => {
    const ana = await present('ana', 1);
    ana.point({ place: cell, x: 1, y: 1 });
    await ana.state();
    ana.close();
    await ana.closed;
    while (house.rooms.socketCount('lovtag') > 0) await new Promise(setImmediate);
    const ben = await present('ben', 2);
    const back = await house.raw('ana', { control: true });
    back.presence([{ client: 1, clock: 1, state: {} }]);
    back.point({ place: cell, x: 5, y: 5 }, true);
    await back.state();
    clock.advance(33);
    back.point({ place: cell, x: 6, y: 6 });
    await back.state();
    expect(await hears(ben, 1)).toEqual({ place: cell, x: 6, y: 6 });
  });

  test.each([
    ['a place that is too long', [201, 1, ...Array<number>(201).fill(97), 0, 0]],
    ['a share beyond the cell', [1, 97, 0xff, 0xff, 0x7f, 0]],
    ['a truncated pointer', [1, 97, 1]],
    ['extra bytes after the end', [1, 97, 1, 1, 1]],
  ])('P11 %s is malformed', async (_, body) => {
    const ana = await present('ana', 1);
    ana.send(new Uint8Array([frameKind.pointer, ...body]));
    expect(await ana.closed).toEqual({ code: 4400, reason: 'malformed' });
  });
});

describe('P9 a crowd', () => {
  test('P9 P10 a receiver’s share is limited; pointers take turns, and followed people are always included', async () => {
    const crowd = 40;
    const cargo = 'x'.repeat(1_950);
    const talkers: RawClient[] = [];
    for (let i = 0; i < crowd; i++) {
      house.membership(`p${i}`);
      talkers.push(await house.raw(`p${i}`));
    }
    const say = async (clock: number) => {
      for (const [i, talker] of talkers.entries())
        talker.presence([{ client: 100 + i, clock, state: { cargo } }]);
      await Promise.all(talkers.map((talker) => talker.state()));
    };
    await say(1);
    for (let i = 0; i < 100; i++) clock.advance(33);
    const ben = await present('ben', 2, { follows: 'p7' });
    for (let i = 0; i < 100; i++) clock.advance(33);
    await ben.state();
    ben.heard.length = 0;

    const before = ben.bytesHeard;
    const heardOf = new Map<number, number>();
    const seconds = 2;
    for (let tick = 0; tick < (seconds * 1000) / 33; tick++) {
      if (tick % 3 === 0) await say(2 + tick);
      clock.advance(33);
    }
    await ben.state();
    for (const one of ben.heard)
      if (one.kind === 'presence')
        for (const { client } of one.entries) heardOf.set(client, (heardOf.get(client) ?? 0) + 1);
    // Offered: 40 people x 10 a second x 2 KB, five times the limit.
    const perSecond = (ben.bytesHeard - before) / seconds;
    expect(perSecond).toBeLessThan(presenceBytesPerSecond * 1.2);
    expect(perSecond).toBeGreaterThan(presenceBytesPerSecond * 0.6);
    const followed = heardOf.get(107) ?? 0;
    const others = talkers.map((_, i) => heardOf.get(100 + i) ?? 0).filter((_, i) => i !== 7);
    expect(followed).toBeGreaterThan(15);
    expect(Math.min(...others)).toBeGreaterThan(0);
    expect(Math.max(...others)).toBeLessThan(followed / 2);
    expect(house.rooms.counters.presenceThinned).toBeGreaterThan(0);
  });
});
