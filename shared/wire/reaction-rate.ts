/** The most reactions of one person in any period of the rate. */
export const mostReactions = 2;

/** Period of the rate on the server, in milliseconds. */
export const reactionMs = 1_000;

/** The same on a page. Longer, because the network may deliver two reactions closer together than they were sent. */
export const ownReactionMs = 1_200;

/** Lets at most two reactions pass in any period of this many milliseconds. */
export class ReactionRate {
  readonly #periodMs: number;
  /** When the last reactions passed, the oldest first. */
  #passed: readonly number[] = [];

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** True if a reaction may pass now. `now`: milliseconds, by a clock that only moves forward. */
  take(now: number): boolean {
    const recent = this.#passed.filter((at) => now - at < this.#periodMs);
    const passes = recent.length < mostReactions;
    this.#passed = passes ? [...recent, now] : recent;
    return passes;
  }

  /** True if nothing has passed lately: it need not be kept. */
  isIdle(now: number): boolean {
    return this.#passed.every((at) => now - at >= this.#periodMs);
  }
}
