/** What a bucket allows: the refill per second, and the most it holds. The owner of the bucket chooses the unit. */
export interface Allowance {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * A token bucket. It starts full and can go into debt: `take` always takes, because the caller has already done the
 * work, and waiting pays the debt off. A caller that wants to refuse asks `left` first. All times are in milliseconds,
 * by a clock that only moves forward. If the clock moves back anyway, the bucket gains nothing and loses nothing.
 */
export class Bucket {
  readonly #allowance: Allowance;
  #level: number;
  #at: number;

  constructor(allowance: Allowance, now: number) {
    this.#allowance = allowance;
    this.#level = allowance.burst;
    this.#at = now;
  }

  /** Takes `amount`. Returns how many milliseconds it takes to pay off the debt; 0 if there is none. */
  take(amount: number, now: number): number {
    this.#level = this.left(now) - amount;
    this.#at = now;
    return this.#level >= 0 ? 0 : Math.ceil((-this.#level / this.#allowance.perSecond) * 1000);
  }

  /** How much can be taken now without going into debt. Negative while in debt. */
  left(now: number): number {
    const { perSecond, burst } = this.#allowance;
    return Math.min(burst, this.#level + (Math.max(0, now - this.#at) / 1000) * perSecond);
  }

  /** True if the bucket has refilled completely. A full bucket is the same as a new one and need not be stored. */
  isFull(now: number): boolean {
    return this.left(now) >= this.#allowance.burst;
  }
}
