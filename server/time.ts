/**
 * The two clocks of a process. Code that needs the time gets a clock by injection, so tests can move each clock by
 * itself. No other server file reads `Date`; a lint rule enforces it.
 */
export interface Time {
  /** Milliseconds since some moment of this process. Nobody can set this clock, so it measures all durations. */
  readonly now: () => number;
  /**
   * Milliseconds since 1970, for people and for data that outlives the process. People and programs set this clock, so
   * it may jump by any amount in either direction.
   */
  readonly wall: () => number;
}

/** The machine's own clocks. */
export const systemTime: Time = { now: () => performance.now(), wall: () => Date.now() };

/**
 * Returns a clock in milliseconds since 1970 that starts at the wall clock and then only counts elapsed time, so later
 * steps of the wall clock do not move it.
 */
export function steadyWall({ now, wall }: Time): () => number {
  const offset = wall() - now();
  return () => offset + now();
}
