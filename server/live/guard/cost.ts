import { maxEffort } from '../limits.ts';
import { Refused } from './refused.ts';

/**
 * Adds up what an update will cost the main thread, here and in Yjs, in microseconds by `tariff`. It is
 * charged before the work is done: a count at the head of a section before the section is read, a step of
 * Yjs before Yjs takes it. So nobody buys more than `maxEffort` with one frame, refused or not.
 */
export class Effort {
  readonly #limit: number;
  #spent = 0;

  constructor(limit = maxEffort) {
    this.#limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws Refused with `too-many` */
  spend(microseconds: number): void {
    this.#spent += microseconds;
    if (this.#spent > this.#limit) throw new Refused('too-many', 'G19');
  }
}
