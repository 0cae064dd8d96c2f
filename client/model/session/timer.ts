import type { Timer } from '$shared/session/session.ts';

/** What a page shows of a timer. `leftMs` is 0 for one that is over. */
export type TimerNow =
  { readonly state: 'off' } | { readonly state: 'running' | 'held' | 'over'; readonly leftMs: number };

/** A timer at this time of the server. One whose time is up shows as over before the server says so. */
export function timerAt(timer: Timer, now: number | null): TimerNow {
  switch (timer.state) {
    case 'off':
      return timer;
    case 'held':
      return { state: 'held', leftMs: timer.leftMs };
    case 'over':
      return { state: 'over', leftMs: 0 };
    case 'running': {
      if (now === null) return { state: 'off' };
      const leftMs = timer.endsAt - now;
      return leftMs > 0 ? { state: 'running', leftMs } : { state: 'over', leftMs: 0 };
    }
  }
}

/** Minutes and seconds, as a clock that counts down shows them: 0:00 only when the time is up. */
export function clockOf(leftMs: number): { readonly minutes: number; readonly seconds: number } {
  const whole = Math.ceil(Math.max(0, leftMs) / 1_000);
  return { minutes: Math.floor(whole / 60), seconds: whole % 60 };
}

/** Milliseconds until the shown second changes. */
export function untilNextSecond(leftMs: number): number {
  return leftMs - (Math.ceil(leftMs / 1_000) - 1) * 1_000;
}

/** Moments of a timer that a screen reader announces. */
export const moments = ['half', 'five', 'one', 'ten-seconds', 'over'] as const;
export type Moment = (typeof moments)[number];

/** The moment that has come between two readings of a timer; the last one if there are several. */
export function momentBetween(beforeMs: number, leftMs: number, totalMs: number): Moment | null {
  const at: Record<Moment, number> = {
    half: totalMs / 2,
    five: 5 * 60_000,
    one: 60_000,
    'ten-seconds': 10_000,
    over: 0,
  };
  // In a short item, "half" comes at or after another moment, and says less.
  const counts = (one: Moment) => one !== 'half' || at.half > at.one;
  return moments.findLast((one) => counts(one) && beforeMs > at[one] && leftMs <= at[one]) ?? null;
}
