import type { Clock } from '../../../server/live/clock.ts';

interface Timer {
  at: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

/** A clock that tests move: both times by `advance`, only the wall clock by `setWall`. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  #wallAhead = Date.UTC(2026, 2, 12, 9);
  readonly #timers = new Set<Timer>();

  now = (): number => this.#now;

  wall = (): number => this.#now + this.#wallAhead;

  /** The number of timers. */
  get timers(): number {
    return this.#timers.size;
  }

  after = (ms: number, run: () => void): (() => void) =>
    this.#add({ at: this.#now + ms, everyMs: null, run });

  every = (ms: number, run: () => void): (() => void) => this.#add({ at: this.#now + ms, everyMs: ms, run });

  /** Sets the wall clock ahead, or back for a negative `ms`; no time passes. */
  setWall(ms: number): void {
    this.#wallAhead += ms;
  }

  /** Advances the time, and runs due timers in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#now = next.at;
      if (next.everyMs === null) this.#timers.delete(next);
      else next.at += next.everyMs;
      next.run();
    }
    this.#now = until;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
