/** Timers by id, one for each. */
export class Timers {
  readonly #running = new Map<number, ReturnType<typeof setTimeout>>();

  /** Runs `done` after `ms`. Restarts a timer that is running. */
  start(id: number, ms: number, done: () => void): void {
    this.stop(id);
    const timer = setTimeout(() => {
      this.#running.delete(id);
      done();
    }, ms);
    this.#running.set(id, timer);
  }

  stop(id: number): void {
    clearTimeout(this.#running.get(id));
    this.#running.delete(id);
  }
}
