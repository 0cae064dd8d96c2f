/**
 * The two clocks of a process. Whatever needs the time is given one of them, so that a test can move each by
 * itself. No other file of the server reads `Date`; a lint rule sees to that.
 */
export interface Time {
  /** Milliseconds that have passed since some moment of this process. Nobody can set it: it measures all that lasts. */
  readonly now: () => number;
  /**
   * Milliseconds since 1970, for what people read and what outlives the process. People and programs set it, so it
   * may jump by any amount in either direction.
   */
  readonly wall: () => number;
}

/** The machine's own clocks. */
export const systemTime: Time = { now: () => performance.now(), wall: () => Date.now() };

/** Milliseconds since 1970 by what has passed since this was called: no later step of the wall clock moves it. */
export function steadyWall({ now, wall }: Time): () => number {
  const offset = wall() - now();
  return () => offset + now();
}
