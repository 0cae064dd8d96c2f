import type { Allowance } from '../live/bucket.ts';
import { Bucket } from '../live/bucket.ts';

/** The most addresses kept at once, about 10 MB. Beyond that, the least recently used address is forgotten. */
const maxAddresses = 50_000;

/** Limits how often each address may do something: one token bucket per address. Full buckets are forgotten. */
export class Rates {
  readonly #rate: Allowance;
  readonly #now: () => number;
  readonly #max: number;
  /** Least recently used first. */
  readonly #buckets = new Map<string, Bucket>();

  /** `now` returns elapsed milliseconds, as `Time.now` does. */
  constructor(rate: Allowance, now: () => number, max = maxAddresses) {
    this.#rate = rate;
    this.#now = now;
    this.#max = max;
  }

  /** The number of addresses kept. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token and returns 0. Without a token, takes nothing and returns the seconds until there is one. */
  take(address: string): number {
    const now = this.#now();
    const bucket = this.#buckets.get(address) ?? new Bucket(this.#rate, now);
    const left = bucket.left(now);
    if (left >= 1) bucket.take(1, now);
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    this.#forget(now);
    return left >= 1 ? 0 : Math.ceil((1 - left) / this.#rate.perSecond);
  }

  /** Checks only the least recently used, so that a call costs the same for any number of addresses. */
  #forget(now: number): void {
    for (const [address, bucket] of this.#buckets) {
      if (this.#buckets.size <= this.#max && !bucket.isFull(now)) return;
      this.#buckets.delete(address);
    }
  }
}
