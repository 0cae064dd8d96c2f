import { maxEffort } from '../limits.ts';
import { Refused } from './refused.ts';

/**
 * Adds up what an update costs the main thread, in the guard and in Yjs, in microseconds by `tariff`. Each cost is
 * charged before the work: a section's count before the section is read, a step of Yjs before Yjs takes it. So no
 * frame, refused or not, costs more than `maxEffort`.
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
