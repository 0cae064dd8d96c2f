import type { Time } from '../time.ts';
import { systemTime } from '../time.ts';

/** Time as the live side sees it, so that a test can move it. Timers go by `now`; each returns how to stop it. */
export interface Clock extends Time {
  after(ms: number, run: () => void): () => void;
  every(ms: number, run: () => void): () => void;
}

/** The machine's own time. No timer of it keeps the process alive. */
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
