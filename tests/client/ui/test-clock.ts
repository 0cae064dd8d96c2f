import type { Clock } from '../../../client/ui/held-order.svelte.ts';

/** A clock that only the test moves. */
export class TestClock implements Clock {
  #now = 0;
  #due: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const one = { at: this.#now + ms, run };
    this.#due.push(one);
    return () => (this.#due = this.#due.filter((other) => other !== one));
  }

  get timers(): number {
    return this.#due.length;
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#due = this.#due.filter((other) => other !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}
