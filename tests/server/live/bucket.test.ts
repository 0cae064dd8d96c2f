import { expect, test } from 'vitest';
import { Bucket } from '../../../server/live/bucket.ts';

const tenASecond = { perSecond: 10, burst: 5 };

test('B4 B5 an amount beyond the burst is a debt that time pays off', () => {
  const bucket = new Bucket(tenASecond, 0);
  expect(bucket.take(5, 0)).toBe(0);
  expect(bucket.take(1, 0)).toBe(100);
  expect(bucket.left(0)).toBe(-1);
  expect(bucket.take(1, 100)).toBe(100);
  expect(bucket.take(0, 200)).toBe(0);
  expect(bucket.take(0.25, 200)).toBe(25);
});

test('a bucket refills up to its burst and no further', () => {
  const bucket = new Bucket(tenASecond, 1_000);
  bucket.take(5, 1_000);
  expect([1_000, 1_250, 1_499, 1_500, 60_000].map((now) => bucket.isFull(now))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(bucket.left(1_250)).toBe(2.5);
  expect(bucket.left(60_000)).toBe(5);
});

test('reading a bucket does not change it', () => {
  const [seen, unseen] = [new Bucket(tenASecond, 0), new Bucket(tenASecond, 0)];
  for (const bucket of [seen, unseen]) bucket.take(8, 0);
  for (let now = 0; now < 700; now += 7) seen.left(now);
  expect(seen.take(1, 700)).toBe(unseen.take(1, 700));
  expect(seen.left(700)).toBe(unseen.left(700));
});

test('when the clock moves back, the bucket neither gains nor loses', () => {
  const bucket = new Bucket(tenASecond, 1_000);
  bucket.take(3, 1_000);
  expect(bucket.left(0)).toBe(2);
  expect(bucket.take(1, 0)).toBe(0);
  expect(bucket.left(100)).toBe(2);
});
