import type { Time } from '../time.ts';
import { systemTime } from '../time.ts';

/** The live server's time, which tests can move. Timers use `now`; each returns a function that stops it. */
export interface Clock extends Time {
  after(ms: number, run: () => void): () => void;
  every(ms: number, run: () => void): () => void;
}

/** The machine's own time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  ...systemTime,
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
  every(ms, run) {
    const timer = setInterval(run, ms).unref();
    return () => clearInterval(timer);
  },
};
