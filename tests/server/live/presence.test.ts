import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards } from '../../../shared/collections/card.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { maxPresenceBytes } from '../../../shared/limits.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { openHouse } from './harness.ts';
import type { RawClient } from './raw-client.ts';

let house: House;
let clock: FakeClock;

beforeEach(async () => {
  clock = new FakeClock();
  house = await openHouse({ clock });
  for (const person of ['ana', 'ben', 'cleo']) house.membership(person);
  house.membership('olga', 'observer');
});

afterEach(() => house.close());

/** A person with a hand-made client that has sent presence, and has answered the renewal. */
async function present(person: string, client: number, more: object = {}): Promise<RawClient> {
  const raw = await house.raw(person);
  raw.presence([{ client, clock: 1, state: { cursor: 0, ...more } }]);
  await raw.next('presence', ({ entries }) =>
    entries.some((one) => one.client === client && one.state === null),
  );
  return raw;
}

const from =
  (client: number) =>
  ({ entries }: { entries: { client: number }[] }) =>
    entries.some((one) => one.client === client);

describe('P1 one slot per client id', () => {
  test('P1 Ben gets only Ana’s latest state', async () => {
    const ben = await house.raw('ben');
    await ben.state();
    const ana = await present('ana', 1);
    expect((await ben.next('presence')).entries).toEqual([
      { client: 1, clock: 1, state: { cursor: 0, person: 'ana' } },
    ]);
    for (let n = 2; n <= 9; n++) ana.presence([{ client: 1, clock: n, state: { cursor: n } }]);
    await ana.state();
    clock.advance(33);
    expect((await ben.next('presence')).entries).toEqual([
      { client: 1, clock: 9, state: { cursor: 9, person: 'ana' } },
    ]);
  });

  test('P1 an echo is recognised by id and clock, whatever its content', async () => {
    const ana = await present('ana', 1);
    const ben = await present('ben', 2);
    const { presenceEchoes } = house.rooms.counters;
    ben.presence([
      { client: 1, clock: 1, state: 'not even JSON' },
      { client: 2, clock: 1, state: 'not even JSON' },
    ]);
    await ben.state();
    expect(house.rooms.counters.presenceEchoes - presenceEchoes).toBe(2);
    expect(ana.socket.readyState).toBe(ana.socket.OPEN);
  });

  test('P1 stock clients, which echo everything they receive, see each other', async () => {
    const ana = await house.stock('ana').synced();
    const ben = await house.stock('ben').synced();
    const olga = await house.stock('olga').synced();
    ana.awareness.setLocalStateField('view', 'map');
    const sees = (who: typeof ana, whom: typeof ana) =>
      who.awareness.getStates().get(whom.doc.clientID)?.person as unknown;
    for (const [who, whom, name] of [
      [ben, ana, 'ana'],
      [ana, ben, 'ben'],
      [ana, olga, 'olga'],
      [olga, ben, 'ben'],
    ] as const) {
      const tick = setInterval(() => clock.advance(33), 5);
      await who.notices(() => sees(who, whom) === name);
      clearInterval(tick);
    }
  });
});

describe('P2 identity', () => {
  test('P2 the person is the membership’s, whatever the client says; fields of other programs stay', async () => {
    const ben = await house.raw('ben');
    await ben.state();
    await present('ana', 1, { person: 'ben', user: { name: 'Boss' } });
    expect((await ben.next('presence')).entries[0]?.state).toEqual({
      cursor: 0,
      person: 'ana',
      user: { name: 'Boss' },
    });
  });

  test('P3 Ben can neither move Ana nor remove her', async () => {
    const ana = await present('ana', 1);
    const ben = await present('ben', 2);
    const cleo = await house.raw('cleo');
    await cleo.next('presence');
    ben.presence([
      { client: 1, clock: 99, state: { cursor: 'elsewhere' } },
      { client: 1, clock: 99, state: null },
    ]);
    ana.presence([{ client: 1, clock: 2, state: { cursor: 'here' } }]);
    await Promise.all([ana.state(), ben.state()]);
    clock.advance(33);
    const { entries } = await cleo.next('presence', from(1));
    expect(entries.filter(({ client }) => client === 1)).toEqual([
      { client: 1, clock: 2, state: { cursor: 'here', person: 'ana' } },
    ]);
  });

  test('P3 a socket has at most four client ids', async () => {
    const ana = await house.raw('ana');
    ana.presence([1, 2, 3, 4, 5, 6].map((client) => ({ client, clock: 1, state: {} })));
    await ana.state();
    ana.heard.length = 0;
    ana.queryPresence();
    expect((await ana.next('presence')).entries.map(({ client }) => client)).toEqual([1, 2, 3, 4]);
  });
});

describe('P3 a crowd of client ids', () => {
  test('P3 Olga’s echo of everybody gives her no client ids and is not too large', async () => {
    const olga = await house.raw('olga');
    const everyone = Array.from({ length: 10_000 }, (_, i) => ({ client: i + 1, clock: 1, state: {} }));
    olga.presence(everyone);
    await olga.state();
    olga.heard.length = 0;
    olga.queryPresence();
    expect((await olga.next('presence')).entries.map(({ client }) => client)).toEqual([1, 2, 3, 4]);
  });

  test('P3 a released client id can be replaced, and one that a second tab takes over no longer counts for the first', async () => {
    const ana = await house.raw('ana');
    const tab = await house.raw('ana');
    ana.presence([1, 2, 3, 4].map((client) => ({ client, clock: 1, state: {} })));
    await ana.state();
    tab.presence([{ client: 1, clock: 2, state: {} }]);
    await tab.state();
    ana.presence([
      { client: 2, clock: 2, state: null },
      { client: 5, clock: 1, state: {} },
      { client: 6, clock: 1, state: {} },
      { client: 7, clock: 1, state: {} },
    ]);
    await ana.state();
    const here = async () => {
      tab.heard.length = 0;
      tab.queryPresence();
      return (await tab.next('presence')).entries.map(({ client }) => client).sort();
    };
    expect(await here()).toEqual([1, 3, 4, 5, 6]);
    await ana.leave();
    while (house.rooms.socketCount('lovtag') > 1) await new Promise(setImmediate);
    expect(await here()).toEqual([1]);
  });
});

describe('P4 invalid presence', () => {
  test.each(['[1]', '"text"', '7', '{', ''])('P4 %j is malformed', async (state) => {
    const ana = await house.raw('ana');
    ana.presence([{ client: 1, clock: 1, state }]);
    expect(await ana.closed).toEqual({ code: 4400, reason: 'malformed' });
  });

  test('P4 a state that is too large is ignored, and not asked for again', async () => {
    const ana = await house.raw('ana');
    ana.presence([{ client: 1, clock: 1, state: { cargo: 'x'.repeat(maxPresenceBytes) } }]);
    await ana.state();
    ana.queryPresence();
    expect((await ana.next('presence')).entries).toEqual([]);
  });
});

describe('P5 fan-out', () => {
  test('P5 many states within 33 ms are one frame, which a sole sender does not get', async () => {
    const ben = await present('ben', 2);
    const cleo = await present('cleo', 3);
    const ana = await present('ana', 1);
    clock.advance(1_000);
    await Promise.all([ana, ben, cleo].map((one) => one.state()));
    for (const one of [ana, ben, cleo]) one.heard.length = 0;
    const { presenceFrames } = house.rooms.counters;
    for (let n = 2; n <= 20; n++) ana.presence([{ client: 1, clock: n, state: { n } }]);
    await ana.state();
    expect(house.rooms.counters.presenceFrames - presenceFrames).toBe(2);
    clock.advance(33);
    expect(house.rooms.counters.presenceFrames - presenceFrames).toBe(4);
    expect((await ben.next('presence')).entries[0]?.clock).toBe(2);
    expect((await ben.next('presence')).entries[0]?.clock).toBe(20);
    expect(ana.heard.some((one) => one.kind === 'presence')).toBe(false);
  });

  test('P5 it is sent together with commits, and no more often', async () => {
    await present('ben', 2);
    const ana = await house.raw('ana', { control: true });
    ana.presence([{ client: 1, clock: 1, state: { n: 0 } }]);
    await ana.state();
    ana.step2(Y.encodeStateAsUpdate(new Y.Doc()));
    const doc = new Y.Doc();
    const { presenceFrames } = house.rooms.counters;
    for (let n = 1; n <= 40; n++) {
      const before = Y.encodeStateVector(doc);
      doc.getMap('cards').set(`c${n}`, buildRecord(cards, { text: `${n}`, author: 'ana' }));
      ana.presence([{ client: 1, clock: n + 1, state: { n } }]);
      ana.update(Y.encodeStateAsUpdate(doc, before));
      await ana.told('saved');
      clock.advance(17);
    }
    // 680 ms: about twenty frames, each only to Ben.
    const frames = house.rooms.counters.presenceFrames - presenceFrames;
    expect(frames).toBeGreaterThanOrEqual(18);
    expect(frames).toBeLessThanOrEqual(24);
  });

  test('P6 a person whose link breaks and who reconnects within 5 s is never shown as gone', async () => {
    const ana = await present('ana', 1);
    const ben = await present('ben', 2);
    await ben.state();
    clock.advance(33);
    await ben.state();
    ben.heard.length = 0;
    ana.close();
    while (house.rooms.socketCount('lovtag') > 1) await new Promise(setImmediate);
    clock.advance(4_000);
    const back = await house.raw('ana');
    back.presence([{ client: 1, clock: 1, state: { cursor: 0 } }]);
    await back.state();
    clock.advance(5_000);
    ben.queryPresence();
    expect(
      (await ben.next('presence', from(1))).entries.find(({ client }) => client === 1)?.state,
    ).not.toBeNull();
    const farewells = ben.heard.filter(
      (one) =>
        one.kind === 'presence' && one.entries.some(({ client, state }) => client === 1 && state === null),
    );
    expect(farewells).toEqual([]);
  });

  test('P6 a person who does not reconnect within 5 s is gone, and only that person can use the id again', async () => {
    const ana = await present('ana', 1);
    const ben = await present('ben', 2);
    ana.close();
    while (house.rooms.socketCount('lovtag') > 1) await new Promise(setImmediate);
    ben.presence([{ client: 1, clock: 9, state: { forged: true } }]);
    await ben.state();
    clock.advance(5_033);
    const gone = ({ entries }: { entries: { client: number; state: unknown }[] }) =>
      entries.some(({ client, state }) => client === 1 && state === null);
    await ben.next('presence', gone);
  });

  test('P6 when Ana’s socket closes, others see her leave at once', async () => {
    const ben = await present('ben', 2);
    const ana = await present('ana', 1);
    clock.advance(33);
    await ben.next('presence', from(1));
    ana.close();
    await ana.closed;
    while (house.rooms.colorsTaken('lovtag').length === 0) await new Promise(setImmediate);
    const tick = setInterval(() => clock.advance(33), 5);
    expect((await ben.next('presence', from(1))).entries).toEqual([{ client: 1, clock: 2, state: null }]);
    clearInterval(tick);
  });

  test('P8 a person who joins, or requests presence, gets everybody’s', async () => {
    await present('ana', 1);
    await present('ben', 2);
    const cleo = await house.raw('cleo');
    expect((await cleo.next('presence')).entries.map(({ client }) => client)).toEqual([1, 2]);
    cleo.queryPresence();
    expect((await cleo.next('presence')).entries.map(({ client }) => client)).toEqual([1, 2]);
  });
});

describe('P7 reconnecting', () => {
  test('P7 Ana reconnects, idle, and is visible at once; she sees Ben, who is idle too', async () => {
    const ana = await house.stock('ana').synced();
    const ben = await house.stock('ben').synced();
    const tick = setInterval(() => clock.advance(33), 5);
    const here = (who: typeof ana, whom: typeof ana) => who.awareness.getStates().has(whom.doc.clientID);
    await ben.notices(() => here(ben, ana));
    await ana.notices(() => here(ana, ben));
    const gone = ben.notices(() => !here(ben, ana));
    ana.provider.ws?.close();
    await gone;
    await ben.notices(() => here(ben, ana));
    await ana.notices(() => here(ana, ben));
    clearInterval(tick);
  });

  test('P7 everybody who returns after a restart sees each other again', async () => {
    const ana = await house.stock('ana').synced();
    const ben = await house.stock('ben').synced();
    const tick = setInterval(() => clock.advance(33), 5);
    const here = (who: typeof ana, whom: typeof ana) => who.awareness.getStates().has(whom.doc.clientID);
    await ben.notices(() => here(ben, ana));
    house.rooms.dismiss('lovtag', () => true, 1012, 'restart');
    await Promise.all([ana, ben].map((one) => one.synced()));
    await ben.notices(() => here(ben, ana));
    await ana.notices(() => here(ana, ben));
    clearInterval(tick);
  });
});

describe('P12 to P14 what the server decides', () => {
  test('P13 a hand-made client that sends ten reactions at once is heard with two', async () => {
    const ben = await house.raw('ben');
    await ben.state();
    const ana = await present('ana', 1);
    await ben.next('presence', from(1));
    const react = (n: number) => ({ client: 1, clock: 10 + n, state: { reaction: { kind: 'heart', n } } });
    const heard: unknown[] = [];
    for (let n = 1; n <= 10; n++) {
      ana.presence([react(n)]);
      await ana.state();
      clock.advance(40);
      const { entries } = await ben.next('presence', from(1));
      heard.push((entries[0]?.state as { reaction: { n: number } } | null)?.reaction.n);
    }
    expect(heard).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
    clock.advance(1_000);
    ana.presence([react(20)]);
    await ana.state();
    clock.advance(40);
    const { entries } = await ben.next('presence', from(1));
    expect(entries[0]?.state).toMatchObject({ reaction: { n: 20 }, person: 'ana' });
  });

  test('P12 the server says when a hand was raised', async () => {
    const ben = await house.raw('ben');
    await ben.state();
    clock.advance(5_000);
    await present('ana', 1, { hand: 1 });
    const { entries } = await ben.next('presence', from(1));
    expect(entries[0]?.state).toMatchObject({ hand: clock.now() });
  });
});
