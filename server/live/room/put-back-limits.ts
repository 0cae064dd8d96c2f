import type { Clock } from '../clock.ts';
import { putBacksPerDay, putBacksPerMinute } from '../limits.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** G34: counts the updates of each person on a board that were put back. */
export class PutBackLimits {
  readonly #clock: Clock;
  /** When the last ones were, oldest first, by person. */
  readonly #times = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one more. Returns false, and counts nothing, if there were too many. `person`: unique among all boards. */
  take(person: string): boolean {
    const now = this.#clock.now();
    const times = this.#times.get(person) ?? [];
    const isTooMany = (most: number, ms: number) => (times.at(-most) ?? -Infinity) > now - ms;
    if (isTooMany(putBacksPerMinute, minuteMs) || isTooMany(putBacksPerDay, dayMs)) return false;
    times.push(now);
    if (times.length > putBacksPerDay) times.shift();
    this.#times.set(person, times);
    return true;
  }

  /** Forgets people who had nothing put back for a day. */
  sweep(): void {
    const old = this.#clock.now() - dayMs;
    for (const [person, times] of this.#times) if ((times.at(-1) ?? old) <= old) this.#times.delete(person);
  }
}
