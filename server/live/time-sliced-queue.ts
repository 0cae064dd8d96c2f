/**
 * Runs tasks one after another, as many in one turn of the event loop as there is time for; the others wait
 * for the next turns, so that what comes in meanwhile is not kept waiting by all of them together.
 */
export class TimeSlicedQueue {
  readonly #mostMs: number;
  readonly #waiting: (() => void)[] = [];
  #isScheduled = false;

  /** `mostMs`: how long one turn goes on before it ends with the task that it is at. */
  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /** How many tasks wait. */
  get size(): number {
    return this.#waiting.length;
  }

  run(task: () => void): void {
    this.#waiting.push(task);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#work);
  }

  #work = () => {
    const began = performance.now();
    for (let task = this.#waiting.shift(); task; task = this.#waiting.shift()) {
      task();
      if (performance.now() - began >= this.#mostMs) break;
    }
    this.#isScheduled = this.#waiting.length > 0;
    if (this.#isScheduled) setImmediate(this.#work);
  };
}
