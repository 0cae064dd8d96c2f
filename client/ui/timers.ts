/** Timers by the number of what they are for, one each. */
export class Timers {
  readonly #running = new Map<number, ReturnType<typeof setTimeout>>();

  /** Runs `done` after a while; from anew where it was running. */
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
