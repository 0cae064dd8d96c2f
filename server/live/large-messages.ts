import type { Clock } from './clock.ts';
import { largeMessageMs, leastBytesPerSecond } from './tuning.ts';

/** Whoever has a large message on the way. */
export interface Claimant {
  /** There is memory for it now. */
  granted(): void;
  /** Others wait, and it has not come in by now. */
  overdue(): void;
}

interface Claim {
  readonly by: Claimant;
  readonly bytes: number;
  /** When it has to be in, if somebody waits by then; null while it waits itself. */
  dueAt: number | null;
}

/**
 * The memory for messages that are larger than a frame usually is, shared by all sockets. Claims are granted in
 * the order in which they come: whoever has to wait is not read meanwhile.
 */
export class LargeMessages {
  readonly #clock: Clock;
  #free: number;
  readonly #claims = new Map<Claimant, Claim>();

  constructor(bytes: number, clock: Clock) {
    this.#free = bytes;
    this.#clock = clock;
  }

  claim(by: Claimant, bytes: number): void {
    this.#claims.set(by, { by, bytes, dueAt: null });
    this.#grant();
  }

  /** It is in and has been dealt with, or will never come. */
  release(by: Claimant): void {
    const claim = this.#claims.get(by);
    if (!claim) return;
    this.#claims.delete(by);
    if (claim.dueAt !== null) this.#free += claim.bytes;
    this.#grant();
  }

  /** Called every few seconds: whoever is too slow makes room for those who wait. */
  beat(): void {
    const claims = [...this.#claims.values()];
    if (claims.every(({ dueAt }) => dueAt !== null)) return;
    const now = this.#clock.now();
    for (const { by, dueAt } of claims) if (dueAt !== null && now >= dueAt) by.overdue();
  }

  #grant(): void {
    for (const claim of this.#claims.values()) {
      if (claim.dueAt !== null) continue;
      if (claim.bytes > this.#free) return;
      this.#free -= claim.bytes;
      claim.dueAt = this.#clock.now() + largeMessageMs + (claim.bytes / leastBytesPerSecond) * 1_000;
      claim.by.granted();
    }
  }
}
