import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PeopleRates } from '../../../server/live/socket/rate-limits.ts';
import { connectionRates, deafMs, graceMs, idleMs } from '../../../server/live/limits.ts';
import { addCard } from '../../../shared/collections/card.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { board, openHouse } from './harness.ts';
import type { RawClient } from './raw-client.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let house: House;

afterEach(async () => {
  vi.useRealTimers();
  await house.close();
});

const settled = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise(setImmediate);
};

describe('on the real clocks of the machine', () => {
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 2, 12, 9) });
    house = await openHouse();
    for (const person of ['ana', 'ben']) house.membership(person);
  });

  test('T1 the wall clock is set back one hour while Ana edits: her edits are stored at once', async () => {
    const ana = await house.stock('ana').synced();
    const ben = await house.stock('ben').synced();
    addCard(ana.editor, cell, { text: 'before' });
    await ben.sees(() => ben.state.includes('before'));
    vi.setSystemTime(Date.now() - hour);
    addCard(ana.editor, cell, { text: 'after' });
    await ben.sees(() => ben.state.includes('after'));
    expect(house.rooms.counters.delays).toBe(0);
  });

  test.each([-day, -hour, hour, day])(
    'T1 a wall clock set by %i ms hides nobody and pauses no sender',
    async (ms) => {
      const ana = await house.stock('ana').synced();
      const ben = await house.stock('ben').synced();
      const at = () => ben.awareness.getStates().get(ana.doc.clientID)?.at as unknown;
      ana.awareness.setLocalStateField('at', 'first');
      await ben.notices(() => at() === 'first');
      vi.setSystemTime(Date.now() + ms);
      ana.awareness.setLocalStateField('at', 'second');
      await ben.notices(() => at() === 'second');
      vi.setSystemTime(Date.now() - ms);
      ana.awareness.setLocalStateField('at', 'third');
      await ben.notices(() => at() === 'third');
      expect(house.rooms.counters.delays).toBe(0);
      expect(house.rooms.socketCount(board)).toBe(2);
    },
  );
});

describe.each([
  ['back by a day', -day],
  ['forward by a day', day],
])('the wall clock is set %s', (_way, ms) => {
  let clock: FakeClock;

  beforeEach(async () => {
    clock = new FakeClock();
    house = await openHouse({ clock });
    for (const person of ['ana', 'ben']) house.membership(person);
  });

  async function present(person: string, client: number): Promise<RawClient> {
    const raw = await house.raw(person);
    raw.presence([{ client, clock: 1, state: {} }]);
    await raw.next('presence', ({ entries }) => entries.some((one) => one.client === client));
    return raw;
  }

  test('T1 W7 a socket that answers stays and gets a frame; one that does not is closed after 36 s', async () => {
    const ana = await house.raw('ana');
    const deaf = await house.raw('ben');
    await ana.state();
    await deaf.state();
    deaf.socket.pause();
    await ana.next('update');
    ana.heard.length = 0;
    clock.setWall(ms);
    for (const crowd of [2, 2, 1]) {
      clock.advance(deafMs / 3);
      // The quiet frame; her pong has arrived by the time of this answer.
      await ana.next('presence');
      await ana.state();
      expect(house.rooms.socketCount(board)).toBe(crowd);
    }
    deaf.socket.resume();
    expect((await deaf.closed).code).toBe(1006);
  });

  test('T1 P6 a person with a broken link is shown for another 5 s', async () => {
    const ben = await present('ben', 2);
    const ana = await present('ana', 1);
    ana.close();
    await settled(() => house.rooms.socketCount(board) === 1);
    clock.setWall(ms);
    clock.advance(graceMs - 100);
    ben.heard.length = 0;
    ben.queryPresence();
    expect((await ben.next('presence')).entries.map(({ client }) => client)).toContain(1);
    clock.advance(200);
    await ben.next('presence', ({ entries }) =>
      entries.some((one) => one.client === 1 && one.state === null),
    );
  });

  test('T1 R2 an empty room closes after 30 s', async () => {
    const ana = await house.raw('ana');
    await ana.state();
    await ana.leave();
    await settled(() => house.rooms.socketCount(board) === 0);
    clock.setWall(ms);
    clock.advance(idleMs - 1_000);
    expect(house.rooms.report()).toHaveLength(1);
    clock.advance(2_000);
    await settled(() => house.rooms.report().length === 0);
  });

  test('T1 B4 a sender in debt waits as long as the debt takes to pay', () => {
    const rates = new PeopleRates(clock).of(board, 'ana');
    const { burst, perSecond } = connectionRates.updates;
    expect(rates.charge('updates', burst + perSecond)).toBe(1_000);
    clock.setWall(ms);
    expect(rates.charge('updates', 0)).toBe(1_000);
    clock.advance(1_000);
    expect(rates.charge('updates', 0)).toBe(0);
  });

  test('T2 W8 a session ends after its duration, and not before', async () => {
    house.membership('ana', 'participant', { expires: clock.now() + minute });
    const ana = await house.raw('ana');
    await ana.state();
    clock.setWall(ms);
    for (let passed = 0; passed < minute - 4_000; passed += 4_000) {
      clock.advance(4_000);
      await ana.state();
    }
    expect(house.rooms.socketCount(board)).toBe(1);
    clock.advance(4_000);
    expect(await ana.closed).toEqual({ code: 4401, reason: 'expired' });
  });

  test('T1 the admin sees how long a socket is open', async () => {
    const ana = await house.raw('ana');
    await ana.state();
    clock.advance(10_000);
    clock.setWall(ms);
    clock.advance(10_000);
    const [socket] = house.rooms.sockets(board);
    expect(clock.wall() - (socket?.since ?? 0)).toBe(20_000);
  });

  describe('while people edit', () => {
    const versions = () => house.store.versions(`${board}/board`);

    /** Ana edits; her page keeps up with the moves of the clock. */
    async function edit(text: string): Promise<void> {
      const ana = await house.stock('ana').synced();
      addCard(ana.editor, cell, { text });
      await settled(() => house.rooms.gauges.unsaved === 0);
      ana.close();
    }
    const kept = async (many: number) => {
      while ((await versions()).length < many) await new Promise(setImmediate);
      expect(await versions()).toHaveLength(many);
    };

    test('T3 D12 a version is stored every 10 minutes of an open room', async () => {
      house.store.now = clock.wall;
      // Ben stays, so the room stays open.
      const ben = await house.raw('ben');
      const pass = async (many: number) => {
        for (let passed = 0; passed < many; passed += minute / 4) {
          clock.advance(minute / 4);
          await ben.state();
        }
      };
      await edit('one');
      await kept(1);
      clock.setWall(ms);
      await pass(9 * minute);
      await edit('two');
      await kept(1);
      await pass(minute);
      await edit('three');
      await kept(2);
      clock.setWall(-ms);
      await pass(10 * minute);
      await edit('four');
      await kept(3);
    });

    test('T3 D12 rooms that open again store no more and no fewer', async () => {
      house.store.now = clock.wall;
      const leave = async () => {
        await settled(() => house.rooms.socketCount(board) === 0);
        clock.advance(idleMs + 4_000);
        await settled(() => house.rooms.report().length === 0);
      };
      await edit('one');
      await kept(1);
      await leave();
      clock.setWall(ms);
      await edit('two');
      await kept(2);
      await leave();
      await edit('three');
      await kept(2);
      await leave();
      clock.advance(10 * minute);
      await edit('four');
      await kept(3);
    });
  });
});
