import { stockOf } from './apart.svelte.ts';

/** One flag of one record. */
class Flag {
  on = $state(false);
}
const newFlag = stockOf(() => new Flag());

/**
 * A property of records on this screen only, such as "is selected". Each flag is its own signal: a change reruns only
 * the readers of that record, however many records there are.
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
