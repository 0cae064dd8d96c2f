import '../wall-clock.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { offsetOf, ServerClock } from '../../../client/model/session/clock.ts';
import { clockOf, momentBetween, timerAt, untilNextSecond } from '../../../client/model/session/timer.ts';

const minute = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server whose clock is ahead of the page by this much, and that answers after these waits, one after the other. */
function serverAhead(aheadMs: number, waits: readonly (readonly [there: number, back: number])[]) {
  let asked = 0;
  return async () => {
    const [there, back] = waits[asked++ % waits.length] ?? [0, 0];
    await vi.advanceTimersByTimeAsync(there);
    const server = performance.now() + aheadMs;
    await vi.advanceTimersByTimeAsync(back);
    return server;
  };
}

describe('the server’s clock', () => {
  test('takes the offset of the fastest of three requests', async () => {
    const ask = vi.fn(
      serverAhead(5_000, [
        [900, 100],
        [20, 20],
        [10, 400],
      ]),
    );
    const clock = new ServerClock(ask, () => {});
    await clock.measure();
    expect(ask).toHaveBeenCalledTimes(3);
    expect(clock.now()).toBe(performance.now() + 5_000);
    clock.close();
  });

  test('is not clamped: a page whose clock is ahead has a negative offset', () => {
    expect(offsetOf([{ sentAt: 9_000, receivedAt: 9_100, server: 50 }])).toBe(-9_000);
    expect(offsetOf([])).toBeNull();
  });

  test('is that of the last frame until a measurement, and not after it', async () => {
    const clock = new ServerClock(serverAhead(700, [[0, 0]]), () => {});
    expect(clock.now()).toBeNull();
    clock.receive(performance.now() + 300);
    expect(clock.now()).toBe(performance.now() + 300);
    await clock.measure();
    clock.receive(performance.now() + 100);
    expect(clock.now()).toBe(performance.now() + 700);
    clock.close();
  });

  test('is measured again every 10 minutes', async () => {
    const ask = vi.fn(() => Promise.resolve(performance.now() + 1));
    const clock = new ServerClock(ask, () => {});
    await clock.measure();
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(ask).toHaveBeenCalledTimes(6);
    clock.close();
    await vi.advanceTimersByTimeAsync(60 * minute);
    expect(ask).toHaveBeenCalledTimes(6);
  });

  test('is measured again after the machine slept; until then it is that of the next frame', async () => {
    let ahead = 1_000;
    const ask = vi.fn(() => Promise.resolve(performance.now() + ahead));
    const clock = new ServerClock(ask, () => {});
    await clock.measure();
    // The machine sleeps for an hour: `performance.now` stands still, and the wall clock does not.
    ahead += 60 * minute;
    vi.setSystemTime(Date.now() + 60 * minute);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(ask).toHaveBeenCalledTimes(6);
    expect(clock.now()).toBe(performance.now() + ahead);
    clock.close();
  });

  test('asks again soon if the server did not answer', async () => {
    const ask = vi.fn<() => Promise<number | null>>(() => Promise.resolve(null));
    const clock = new ServerClock(ask, () => {});
    await clock.measure();
    expect(clock.now()).toBeNull();
    ask.mockResolvedValue(77);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(clock.now()).not.toBeNull();
    clock.close();
  });
});

describe('a timer on a page', () => {
  test('counts by the server’s clock, and is over when its time is up', () => {
    const timer = { state: 'running', endsAt: 100_000 } as const;
    expect(timerAt(timer, 40_000)).toEqual({ state: 'running', leftMs: 60_000 });
    expect(timerAt(timer, 100_000)).toEqual({ state: 'over', leftMs: 0 });
    expect(timerAt(timer, null)).toEqual({ state: 'off' });
    expect(timerAt({ state: 'held', leftMs: 5 }, 40_000)).toEqual({ state: 'held', leftMs: 5 });
    expect(timerAt({ state: 'over', at: 3 }, 40_000)).toEqual({ state: 'over', leftMs: 0 });
  });

  test('shows 0:00 only when it is over', () => {
    expect(clockOf(1)).toEqual({ minutes: 0, seconds: 1 });
    expect(clockOf(60_000)).toEqual({ minutes: 1, seconds: 0 });
    expect(clockOf(59_999)).toEqual({ minutes: 1, seconds: 0 });
    expect(clockOf(0)).toEqual({ minutes: 0, seconds: 0 });
  });

  test.each([1, 999, 1_000, 1_001, 60_000])(
    '%d ms before its end it knows when its second changes',
    (leftMs) => {
      const shown = clockOf(leftMs).seconds;
      const wait = untilNextSecond(leftMs);
      expect(clockOf(leftMs - wait + 0.5).seconds).toBe(shown);
      expect(clockOf(leftMs - wait)).not.toEqual(clockOf(leftMs));
      expect(wait).toBeLessThanOrEqual(1_000);
    },
  );

  test('is announced at half, 5 minutes, 1 minute, 10 seconds and the end, each once', () => {
    const said: unknown[] = [];
    const total = 20 * minute;
    for (let left = total; left > 0; left -= 1_000) said.push(momentBetween(left, left - 1_000, total));
    expect(said.filter(Boolean)).toEqual(['half', 'five', 'one', 'ten-seconds', 'over']);
  });

  test('announces only the last moment after sleep', () => {
    expect(momentBetween(8 * minute, 30_000, 20 * minute)).toBe('one');
  });

  test('of a minute has no half', () => {
    expect(momentBetween(31_000, 30_000, minute)).toBeNull();
  });
});
