import { expect, test } from 'vitest';
import { Rates } from '../../../server/access/rates.ts';

function begin(burst: number, perSecond: number, max?: number) {
  const clock = { now: 1_000 };
  return { clock, rates: new Rates({ burst, perSecond }, () => clock.now, max) };
}

test('an address can use its burst, then its rate per second, without affecting other addresses', () => {
  const { clock, rates } = begin(3, 0.5);
  expect([1, 2, 3].map(() => rates.take('ana'))).toEqual([0, 0, 0]);
  expect(rates.take('ana')).toBe(2);
  expect(rates.take('ben')).toBe(0);
  clock.now += 1_000;
  expect(rates.take('ana')).toBe(1);
  clock.now += 1_000;
  expect(rates.take('ana')).toBe(0);
  expect(rates.take('ana')).toBe(2);
});

test('after a long pause an address has its burst and no more', () => {
  const { clock, rates } = begin(2, 1);
  rates.take('ana');
  clock.now += 3_600_000;
  expect([rates.take('ana'), rates.take('ana'), rates.take('ana')]).toEqual([0, 0, 1]);
});

test('a clock that is set back takes nothing from an address', () => {
  const { clock, rates } = begin(2, 1);
  rates.take('ana');
  clock.now -= 60_000;
  expect([rates.take('ana'), rates.take('ana')]).toEqual([0, 1]);
});

test('an address whose bucket is full again is removed', () => {
  const { clock, rates } = begin(10, 1);
  for (let i = 0; i < 100; i++) rates.take(`address ${i}`);
  expect(rates.size).toBe(100);
  clock.now += 1_000;
  rates.take('ana');
  expect(rates.size).toBe(1);
});

test('the number of stored addresses is limited', () => {
  const { rates } = begin(2, 0.001, 50);
  for (let i = 0; i < 1_000; i++) rates.take(`address ${i}`);
  expect(rates.size).toBe(50);
});
