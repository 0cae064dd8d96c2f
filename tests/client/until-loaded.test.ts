import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { untilLoaded } from '../../client/board/lazy.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const gone = () => Promise.reject(new TypeError('Failed to fetch'));

test('a part that cannot be fetched is fetched again until it comes', async () => {
  const load = vi.fn(gone);
  const got = vi.fn();
  untilLoaded<string>(load, got);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(load).toHaveBeenCalledTimes(2);
  load.mockImplementation((() => Promise.resolve('part')) as never);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(got).toHaveBeenCalledExactlyOnceWith('part');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(load).toHaveBeenCalledTimes(3);
});

test('after the end nothing is fetched, and what comes late is not used', async () => {
  const load = vi.fn(gone);
  const got = vi.fn();
  untilLoaded(load, got)();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(load).toHaveBeenCalledOnce();
  untilLoaded(() => Promise.resolve('late'), got)();
  await vi.advanceTimersByTimeAsync(0);
  expect(got).not.toHaveBeenCalled();
});
