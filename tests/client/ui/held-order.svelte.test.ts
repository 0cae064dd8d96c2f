import { flushSync } from 'svelte';
import { expect, onTestFinished, test } from 'vitest';
import { restMs } from '../../../client/ui/attention.ts';
import type { Arranged, RowGroup } from '../../../client/ui/held-order.svelte.ts';
import { HeldOrder } from '../../../client/ui/held-order.svelte.ts';
import { TestClock } from './test-clock.ts';

const one = (...ids: string[]): readonly RowGroup[] => [{ key: '', ids }];
const grouped = (groups: Record<string, readonly string[]>): readonly RowGroup[] =>
  Object.entries(groups).map(([key, ids]) => ({ key, ids }));
const said = ({ groups }: Arranged) => groups.map(({ key, ids }) => `${key}: ${ids.join(' ')}`.trim());

function open(first: readonly RowGroup[]) {
  const clock = new TestClock();
  const order = new HeldOrder(clock);
  order.arrange(first);
  return { clock, order };
}

test('a list that nobody touches follows the wanted order', () => {
  const { order } = open(one('a', 'b'));
  expect(order.arrange(one('b', 'a'))).toEqual({ groups: one('b', 'a'), isLate: false });
});

test('rows keep their places while the pointer moves, and take the wanted ones 5 s after the last movement', () => {
  const { clock, order } = open(one('a', 'b', 'c'));
  order.moved();
  expect(order.arrange(one('c', 'b', 'a'))).toEqual({ groups: one('a', 'b', 'c'), isLate: true });
  clock.pass(restMs - 1);
  order.moved();
  clock.pass(restMs - 1);
  expect(order.arrange(one('c', 'b', 'a')).isLate).toBe(true);
  clock.pass(1);
  expect(order.arrange(one('c', 'b', 'a'))).toEqual({ groups: one('c', 'b', 'a'), isLate: false });
});

test('many movements need one timer', () => {
  const { clock, order } = open(one('a'));
  for (let i = 0; i < 100; i++) order.moved();
  expect(clock.timers).toBe(1);
});

test('while the order is held, new rows come last and rows that leave leave', () => {
  const { order } = open(one('a', 'b', 'c'));
  order.moved();
  expect(order.arrange(one('new', 'a', 'c'))).toEqual({ groups: one('a', 'c', 'new'), isLate: true });
  expect(order.arrange(one('newest', 'new', 'a', 'c')).groups).toEqual(one('a', 'c', 'new', 'newest'));
});

test('a row that comes back while the order is held goes to its old place', () => {
  const { order } = open(one('a', 'b', 'c'));
  order.moved();
  expect(order.arrange(one('a', 'c')).groups).toEqual(one('a', 'c'));
  expect(order.arrange(one('c', 'b', 'a')).groups).toEqual(one('a', 'b', 'c'));
});

test('nothing is late if the wanted order is the one that is shown', () => {
  const { order } = open(one('a', 'b'));
  order.moved();
  const wanted = one('a', 'b', 'c');
  expect(order.arrange(wanted)).toEqual({ groups: wanted, isLate: false });
});

test('a row that changes its group waits under its old heading, and headings wait too', () => {
  const { clock, order } = open(grouped({ new: ['a', 'b'], done: ['c'] }));
  order.moved();
  const wanted = grouped({ done: ['c', 'a'], new: ['b'] });
  expect(said(order.arrange(wanted))).toEqual(['new: a b', 'done: c']);
  clock.pass(restMs);
  expect(said(order.arrange(wanted))).toEqual(['done: c a', 'new: b']);
});

test('a heading stays while its rows wait under it, goes with its last row, and a new one comes last', () => {
  const { order } = open(grouped({ new: ['a'], done: ['c'] }));
  order.moved();
  expect(said(order.arrange(grouped({ dropped: ['a'], done: ['c'] })))).toEqual(['new: a', 'done: c']);
  expect(said(order.arrange(grouped({ dropped: ['x'], done: ['c'] })))).toEqual(['done: c', 'dropped: x']);
});

test('a group without rows is not shown, and its place is not late', () => {
  const { order } = open(grouped({ new: ['a'], done: [] }));
  order.moved();
  expect(order.arrange(grouped({ done: [], new: ['a'] })).isLate).toBe(false);
});

test('sorting and the update button apply the order at once, until the next movement', () => {
  const { clock, order } = open(one('a', 'b'));
  order.moved();
  order.release();
  expect(clock.timers).toBe(0);
  expect(order.arrange(one('b', 'a')).groups).toEqual(one('b', 'a'));
  order.moved();
  expect(order.arrange(one('a', 'b')).groups).toEqual(one('b', 'a'));
});

test('what shows the order is updated when the hold ends', () => {
  const { clock, order } = open(one('a', 'b'));
  const seen: (readonly string[])[] = [];
  let wanted = $state.raw(one('a', 'b'));
  onTestFinished(
    $effect.root(() => {
      const arranged = $derived(order.arrange(wanted));
      $effect(() => void seen.push(said(arranged)));
    }),
  );
  flushSync();
  order.moved();
  wanted = one('b', 'a');
  flushSync();
  clock.pass(restMs);
  flushSync();
  expect(seen.at(-2)).toEqual([': a b']);
  expect(seen.at(-1)).toEqual([': b a']);
});

test('an effect that moves the focus into the list does not run again when the hold ends', () => {
  const { clock, order } = open(one('a'));
  let runs = 0;
  onTestFinished(
    $effect.root(() => {
      $effect(() => {
        runs++;
        order.moved();
      });
    }),
  );
  flushSync();
  clock.pass(restMs);
  flushSync();
  expect(runs).toBe(1);
});

test('a list that goes away leaves no timer and no listener', () => {
  const { clock, order } = open(one('a'));
  const list = document.createElement('ul');
  const stop = order.watch(list);
  list.dispatchEvent(new Event('pointermove'));
  expect(clock.timers).toBe(1);
  stop();
  list.dispatchEvent(new Event('pointermove'));
  expect(clock.timers).toBe(0);
});
