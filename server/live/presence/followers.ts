/** Who goes along with whom: how many follow each person. */
export class Following {
  readonly #followers = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#followers.size === 0;
  }

  has(person: string): boolean {
    return this.#followers.has(person);
  }

  /** Somebody who followed one person (empty: nobody) follows another from now on. */
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
