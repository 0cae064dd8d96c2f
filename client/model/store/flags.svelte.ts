/** One flag of one record. */
class Flag {
  on = $state(false);
}

/**
 * Which records something is so of on this screen, as "is selected". Each flag is a signal of its own, so that one
 * that changes concerns who reads that one, however many records there are.
 */
export class Flags {
  readonly #flags = new Map<string, Flag>();
  /** Flags that were made while something renders: Svelte does not track a signal in the run that made it. */
  readonly #lateFlags = new Set<Flag>();
  #late = $state(0);

  has(id: string): boolean {
    let flag = this.#flags.get(id);
    if (!flag) {
      this.#flags.set(id, (flag = new Flag()));
      if ($effect.tracking()) this.#lateFlags.add(flag);
    }
    if (this.#lateFlags.has(flag)) void this.#late;
    return flag.on;
  }

  set(id: string, on: boolean): void {
    let flag = this.#flags.get(id);
    if (!flag) this.#flags.set(id, (flag = new Flag()));
    flag.on = on;
    if (!this.#lateFlags.has(flag)) return;
    this.#lateFlags.clear();
    this.#late++;
  }
}
