/** Runs tasks with the same key in order; tasks with different keys run concurrently. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<void>>();

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(key) ?? Promise.resolve()).then(task);
    const settled: Promise<void> = result.then(
      () => this.#leave(key, settled),
      () => this.#leave(key, settled),
    );
    this.#last.set(key, settled);
    return result;
  }

  /** Resolves when no task, or no task with these keys, is pending. */
  async idle(isMeant: (key: string) => boolean = () => true): Promise<void> {
    const underWay = () => [...this.#last].filter(([key]) => isMeant(key)).map(([, turn]) => turn);
    for (let turns = underWay(); turns.length > 0; turns = underWay()) await Promise.all(turns);
  }

  #leave(key: string, turn: Promise<void>): void {
    if (this.#last.get(key) === turn) this.#last.delete(key);
  }
}
