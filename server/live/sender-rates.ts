import type { Allowance } from './bucket.ts';
import { Bucket } from './bucket.ts';
import type { Clock } from './clock.ts';
import { connectionRates, personRates } from './tuning.ts';

/** What a sender is charged for. `work` is the server's own time for its updates, in milliseconds. */
export type Charge = keyof typeof connectionRates;
type RateTable = Readonly<Record<Charge, Allowance>>;

class Buckets {
  readonly #of: Readonly<Record<Charge, Bucket>>;

  constructor(table: RateTable, now: number) {
    this.#of = {
      updates: new Bucket(table.updates, now),
      presence: new Bucket(table.presence, now),
      bytes: new Bucket(table.bytes, now),
      work: new Bucket(table.work, now),
    };
  }

  take(charge: Charge, amount: number, now: number): number {
    return this.#of[charge].take(amount, now);
  }

  isFull(now: number): boolean {
    return Object.values(this.#of).every((bucket) => bucket.isFull(now));
  }
}

/** How fast one connection may send: by its own buckets, and by those of its person, who may have several. */
export class SenderRates {
  readonly #own: Buckets;
  readonly #shared: () => Buckets;
  readonly #clock: Clock;

  constructor(shared: () => Buckets, clock: Clock) {
    this.#own = new Buckets(connectionRates, clock.now());
    this.#shared = shared;
    this.#clock = clock;
  }

  /** Charges so much. Returns for how many milliseconds the connection is not to be read. */
  charge(charge: Charge, amount: number): number {
    const now = this.#clock.now();
    return Math.max(this.#own.take(charge, amount, now), this.#shared().take(charge, amount, now));
  }
}

/** The buckets of all people on all boards, by device. Who leaves in debt comes back to it, in any role. */
export class PeopleRates {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Buckets>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(board: string, device: string): SenderRates {
    const key = `${board}/${device}`;
    // Looked up each time: full ones are forgotten, and all sockets of a person must share those that follow.
    return new SenderRates(() => this.#at(key), this.#clock);
  }

  #at(key: string): Buckets {
    const known = this.#buckets.get(key);
    if (known) return known;
    const made = new Buckets(personRates, this.#clock.now());
    this.#buckets.set(key, made);
    return made;
  }

  /** Forgets whose buckets are full: a new one would be no different. */
  sweep(): void {
    const now = this.#clock.now();
    for (const [key, buckets] of this.#buckets) if (buckets.isFull(now)) this.#buckets.delete(key);
  }
}
