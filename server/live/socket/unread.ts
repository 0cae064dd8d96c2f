/** Counts what was made for single readers and lies in memory until they have read it. */
export class Unread {
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there is room for more. One that is larger than all of it goes where nothing else is. */
  get isFull(): boolean {
    return this.#bytes >= this.#most;
  }

  /** Adds so many bytes. Returns what to call when they have been read, or never will be. */
  add(bytes: number): () => void {
    this.#bytes += bytes;
    let isThere = true;
    return () => {
      if (isThere) this.#bytes -= bytes;
      isThere = false;
    };
  }
}
