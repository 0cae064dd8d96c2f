/** Maximum length of a slice, if its steps allow: half a frame of a screen. */
const sliceMs = 8;

/**
 * Runs long work in slices, so that the page can draw and handle input in between. The first slice runs at once. When the
 * page is hidden or closed, the rest runs at once too, because timers are slow there.
 */
export class Slices {
  #work: Iterator<unknown> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;
  #whenDone: (() => void)[] = [];

  /** Runs work that yields between its steps. Finishes earlier work first. */
  run(work: Iterator<unknown>): Promise<void> {
    this.finish();
    this.#work = work;
    // In the capture phase: before the listeners that store the edits.
    addEventListener('pagehide', this.#hidden, { capture: true });
    document.addEventListener('visibilitychange', this.#hidden);
    this.#slice(sliceMs);
    return this.settled();
  }

  /** Runs the rest at once. */
  finish(): void {
    if (this.#work && !this.#isRunning) this.#slice(Infinity);
  }

  /** Resolves when no work is under way. */
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
