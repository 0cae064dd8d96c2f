import type { MarkedClock } from '../../../shared/wire/protocol.ts';
import { clocksInMark, markMs } from '../limits.ts';

/** Collects the clocks on disk since the last mark, and decides when the next mark is due. */
export class Marker {
  /** The client ids to be marked, the one that waits longest first. */
  readonly #clocks = new Map<number, number>();
  #nextAt = -Infinity;

  /** Notes how far each client id is on disk. */
  note(clocks: ReadonlyMap<number, number>): void {
    for (const [client, clock] of clocks) this.#clocks.set(client, clock);
  }

  /** The clocks for a mark, or null if none is due. */
  take(now: number, personOf: (client: number) => string): readonly MarkedClock[] | null {
    if (this.#clocks.size === 0 || now < this.#nextAt) return null;
    this.#nextAt = now + markMs;
    const taken: MarkedClock[] = [];
    for (const [client, clock] of this.#clocks) {
      if (taken.length === clocksInMark) break;
      this.#clocks.delete(client);
      taken.push({ client, clock, person: personOf(client) });
    }
    return taken;
  }
}
