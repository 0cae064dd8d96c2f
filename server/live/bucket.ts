/** What a bucket allows in the long run, and at once. The unit is its owner's. */
export interface Allowance {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket that may run into debt: what is taken was already spent, and is paid for by waiting. */
export class Bucket {
  readonly #allowance: Allowance;
  #level: number;
  #at: number;

  constructor(allowance: Allowance, now: number) {
    this.#allowance = allowance;
    this.#level = allowance.burst;
    this.#at = now;
  }

  /** Takes so much at a time in milliseconds. Returns after how many more the debt is paid: 0 where there is none. */
  take(amount: number, now: number): number {
    const { perSecond, burst } = this.#allowance;
    this.#level = Math.min(burst, this.#level + ((now - this.#at) / 1000) * perSecond) - amount;
    this.#at = now;
    return this.#level >= 0 ? 0 : Math.ceil((-this.#level / perSecond) * 1000);
  }

  /** How much could be taken just now without a debt; less than 0 in debt. */
  left(now: number): number {
    this.take(0, now);
    return this.#level;
  }

  /** Whether nothing is owed and nothing was taken lately: one that is full need not be remembered. */
  isFull(now: number): boolean {
    return this.left(now) >= this.#allowance.burst;
  }
}
