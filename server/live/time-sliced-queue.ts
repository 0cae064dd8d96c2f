/**
 * Runs tasks in order, in each turn of the event loop as many as fit into a time limit, so that other events are not
 * delayed by all of them together.
 */
export class TimeSlicedQueue {
  readonly #mostMs: number;
  readonly #waiting: (() => void)[] = [];
  #isScheduled = false;

  /** `mostMs`: after this time the turn ends with the current task. */
  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /** The number of waiting tasks. */
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
