/** Counts the followers of each person. */
export class Following {
  readonly #followers = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#followers.size === 0;
  }

  has(person: string): boolean {
    return this.#followers.has(person);
  }

  /** Somebody stops following `before` and starts following `now`; empty means nobody. */
  change(before: string, now: string): void {
    if (before === now) return;
    this.#count(before, -1);
    this.#count(now, 1);
  }

  #count(person: string, change: number): void {
    if (person === '') return;
    const count = (this.#followers.get(person) ?? 0) + change;
    if (count > 0) this.#followers.set(person, count);
    else this.#followers.delete(person);
  }
}
