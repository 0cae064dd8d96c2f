/** How long a slice runs at most, as far as its steps allow: half a frame of a screen. */
const sliceMs = 8;

/**
 * Long work in slices, so that the page draws and takes input in between. The first slice runs at once. In a
 * page that nobody sees, and where the page is left, the rest runs at once too: timers wait there.
 */
export class Slices {
  #work: Iterator<unknown> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;
  #whenDone: (() => void)[] = [];

  /** Runs work that yields between its steps. What was under way is finished before. */
  run(work: Iterator<unknown>): Promise<void> {
    this.finish();
    this.#work = work;
    // Before those who put away what was done.
    addEventListener('pagehide', this.#hidden, { capture: true });
    document.addEventListener('visibilitychange', this.#hidden);
    this.#slice(sliceMs);
    return this.settled();
  }

  /** Does at once what is left. */
  finish(): void {
    if (this.#work && !this.#isRunning) this.#slice(Infinity);
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    return this.#work ? new Promise((resolve) => this.#whenDone.push(resolve)) : Promise.resolve();
  }

  #slice(ms: number): void {
    clearTimeout(this.#timer);
    const end = performance.now() + (document.hidden ? Infinity : ms);
    this.#isRunning = true;
    try {
      while (!this.#work?.next().done) {
        if (performance.now() < end) continue;
        this.#timer = setTimeout(() => this.#slice(sliceMs), 0);
        return;
      }
      this.#end();
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      this.#isRunning = false;
    }
  }

  #end(): void {
    this.#work = null;
    removeEventListener('pagehide', this.#hidden, { capture: true });
    document.removeEventListener('visibilitychange', this.#hidden);
    for (const resolve of this.#whenDone.splice(0)) resolve();
  }

  #hidden = (event: Event) => {
    if (event.type === 'pagehide' || document.hidden) this.finish();
  };
}
