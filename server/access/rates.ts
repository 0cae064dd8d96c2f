/** How often one address may do a thing: a burst at once, and then so many a second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was right, on the clock. */
  at: number;
}

/** Addresses remembered at once: past this the oldest is forgotten, so that memory stays bounded (some 10 MB). */
const maxAddresses = 50_000;

/** Token buckets by address. A bucket that is full again says nothing and is forgotten. */
export class Rates {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #max: number;
  /** In the order of last use. */
  readonly #buckets = new Map<string, Bucket>();

  /** `now`: milliseconds that have passed, as of `Time.now`. */
  constructor(rate: Rate, now: () => number, max = maxAddresses) {
    this.#rate = rate;
    this.#now = now;
    this.#max = max;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token. Returns 0, or after how many seconds there will be one. */
  take(address: string): number {
    const bucket = this.#buckets.get(address) ?? { tokens: this.#rate.burst, at: this.#now() };
    this.#refill(bucket);
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    this.#forget();
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / this.#rate.perSecond);
    bucket.tokens -= 1;
    return 0;
  }

  #refill(bucket: Bucket): void {
    const now = this.#now();
    const gained = (Math.max(0, now - bucket.at) / 1000) * this.#rate.perSecond;
    bucket.tokens = Math.min(this.#rate.burst, bucket.tokens + gained);
    bucket.at = now;
  }

  /** Looks at the longest unused only, so that a call costs the same however many there are. */
  #forget(): void {
    for (const [address, bucket] of this.#buckets) {
      const idleMs = this.#now() - bucket.at;
      const isFull = bucket.tokens + (idleMs / 1000) * this.#rate.perSecond >= this.#rate.burst;
      if (this.#buckets.size <= this.#max && !(isFull && idleMs > 0)) return;
      this.#buckets.delete(address);
    }
  }
}
