import { afterEach, beforeEach, expect, test } from 'vitest';
import { presets } from '../../../shared/session/policy.ts';
import type { Guest } from './workshop.ts';
import { item, items, refused, told, Workshop } from './workshop.ts';

const minute = 60_000;

let workshop: Workshop;
let fay: Guest;
let pat: Guest;

beforeEach(async () => {
  workshop = await Workshop.open();
  fay = await workshop.join('facilitator', 'Fay');
  pat = await workshop.join('participant', 'Pat');
  await workshop.putAgenda(fay, { items }, 0);
});
afterEach(() => workshop.stop());

test('a timer ends at its time, with nobody but a participant there; the item stays', async () => {
  const version = await workshop.act(fay, { do: 'start', item: 'write' });
  const endsAt = workshop.clock.wall() + 8 * minute;
  workshop.clock.advance(8 * minute - 1);
  // A socket would be closed if so much time passed in one step.
  const client = await workshop.socket(pat);
  expect((await told(client)).session).toMatchObject({ version, timer: { state: 'running', endsAt } });
  workshop.clock.advance(1);
  expect(await told(client)).toMatchObject({
    session: {
      version: version + 1,
      item: 'write',
      timer: { state: 'over', at: endsAt },
      isClosed: true,
    },
    // The rule of this item: participants may only look.
    policy: presets.talk,
  });
  expect(await workshop.log(fay, { fay })).toEqual(['time-up write', 'fay start write', 'fay agenda']);
});

test('a timer that is held, or gets more time, ends later; one that is stopped never', async () => {
  await workshop.act(fay, { do: 'start', item: 'welcome' });
  const state = async () => (await workshop.view(pat)).session.timer.state;
  workshop.clock.advance(3 * minute);
  await workshop.act(fay, { do: 'timer-hold' });
  workshop.clock.advance(30 * minute);
  expect(await state()).toBe('held');
  await workshop.act(fay, { do: 'timer-resume' });
  await workshop.act(fay, { do: 'timer-add', seconds: 60 });
  workshop.clock.advance(2 * minute - 1);
  expect(await state()).toBe('running');
  workshop.clock.advance(1);
  expect(await state()).toBe('over');
  await workshop.act(fay, { do: 'timer-start', minutes: 1 });
  await workshop.act(fay, { do: 'timer-stop' });
  workshop.clock.advance(10 * minute);
  expect(await state()).toBe('off');
});

test('setting the wall clock moves no timer', async () => {
  await workshop.act(fay, { do: 'start', item: 'welcome' });
  workshop.clock.setWall(60 * minute);
  workshop.clock.advance(4 * minute - 1);
  expect((await workshop.view(pat)).session.timer.state).toBe('running');
  workshop.clock.setWall(-120 * minute);
  workshop.clock.advance(1);
  expect((await workshop.view(pat)).session.timer.state).toBe('over');
});

test('an item of eight hours ends at its time', async () => {
  await workshop.putAgenda(fay, { items: [item('long', 480)] }, 1);
  await workshop.act(fay, { do: 'start', item: 'long' });
  workshop.clock.advance(480 * minute - 1);
  expect((await workshop.view(pat)).session.timer.state).toBe('running');
  workshop.clock.advance(1);
  expect((await workshop.view(pat)).session.timer.state).toBe('over');
});

test('a running timer goes on after a restart, although nobody is there', async () => {
  const version = await workshop.act(fay, { do: 'start', item: 'write' });
  const endsAt = workshop.clock.wall() + 8 * minute;
  await workshop.stop(true);
  workshop.clock.advance(3 * minute);
  await workshop.start();
  workshop.clock.advance(5 * minute);
  // On disk before anybody asks.
  await expect
    .poll(() => workshop.store.sessions.get(workshop.board)?.session)
    .toMatchObject({ version: version + 1, timer: { state: 'over', at: endsAt }, isClosed: true });
});

test('what fell due while the server was down happens once at the start, with the time at which it fell due', async () => {
  const version = await workshop.act(fay, { do: 'start', item: 'write' });
  const endsAt = workshop.clock.wall() + 8 * minute;
  for (let n = 0; n < 2; n++) {
    await workshop.stop(true);
    workshop.clock.advance(20 * minute);
    await workshop.start();
    expect(workshop.store.sessions.get(workshop.board)?.session).toMatchObject({
      version: version + 1,
      timer: { state: 'over', at: endsAt },
    });
  }
  expect(await workshop.log(fay, { fay })).toEqual(['time-up write', 'fay start write', 'fay agenda']);
});

test('a board without a running timer is not read at start, and has no timer', async () => {
  await workshop.act(fay, { do: 'start', item: 'welcome' });
  await workshop.act(fay, { do: 'timer-hold' });
  await workshop.stop();
  const read: string[] = [];
  const session = workshop.store.session.bind(workshop.store);
  workshop.store.session = (board) => {
    read.push(board);
    return session(board);
  };
  await workshop.start();
  expect(read).toEqual([]);
  await workshop.view(pat);
  expect(read).toEqual([workshop.board]);
});

test('while the disk takes nothing, a timer waits, and ends when the disk works again', async () => {
  await workshop.act(fay, { do: 'start', item: 'write' });
  const keep = workshop.store.keepSession.bind(workshop.store);
  workshop.store.keepSession = () => Promise.reject(new Error('no space left'));
  workshop.clock.advance(9 * minute);
  expect((await workshop.view(pat)).session).toMatchObject({ timer: { state: 'running' }, isClosed: false });
  expect(await refused(workshop.command(fay, { do: 'next' }))).toBe('503 store');
  workshop.store.keepSession = keep;
  workshop.clock.advance(5_000);
  expect((await workshop.view(pat)).session).toMatchObject({ timer: { state: 'over' }, isClosed: true });
});

test('people who join are stored together, a second later, or when the server stops', async () => {
  const stored = () => workshop.store.sessions.get(workshop.board)?.people.length;
  workshop.clock.advance(1_000);
  await workshop.view(fay);
  expect(stored()).toBe(2);
  let writes = 0;
  const keep = workshop.store.keepSession.bind(workshop.store);
  workshop.store.keepSession = (board, record) => {
    writes++;
    return keep(board, record);
  };
  for (let n = 0; n < 10; n++) await workshop.join('participant', `Guest-${n}`);
  expect([stored(), writes]).toEqual([2, 0]);
  workshop.clock.advance(1_000);
  await workshop.view(fay);
  expect([stored(), writes]).toEqual([12, 1]);
  await workshop.join('participant', 'Late');
  await workshop.stop();
  expect([stored(), writes]).toEqual([13, 2]);
  await workshop.start();
});

test('after a damaged file the versions go on above all that pages have', async () => {
  await workshop.act(fay, { do: 'start', item: 'write' });
  const before = await workshop.view(fay);
  await workshop.stop(true);
  const session = workshop.store.session.bind(workshop.store);
  workshop.store.session = () => Promise.resolve({ record: null, isBehind: true });
  await workshop.start();
  const after = await workshop.view(fay);
  expect(after.session.item).toBe(null);
  expect(after.session.version).toBeGreaterThan(before.session.version);
  expect(after.agenda).toBeGreaterThan(before.agenda);
  workshop.store.session = session;
  await workshop.stop(true);
  await workshop.start();
  expect((await workshop.view(fay)).session).toEqual(after.session);
});
