import { stockOf } from './apart.svelte.ts';

/** One flag of one record. */
class Flag {
  on = $state(false);
}
const newFlag = stockOf(() => new Flag());

/**
 * Which records something is so of on this screen, as "is selected". Each flag is a signal of its own, so that one
 * that changes concerns who reads that one, however many records there are.
 */
export class Flags {
  readonly #flags = new Map<string, Flag>();

  has(id: string): boolean {
    return this.#flag(id).on;
  }

  set(id: string, on: boolean): void {
    this.#flag(id).on = on;
  }

  #flag(id: string): Flag {
    let flag = this.#flags.get(id);
    if (!flag) this.#flags.set(id, (flag = newFlag()));
    return flag;
  }
}
