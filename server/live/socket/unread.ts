/** Counts the bytes made for single readers that they have not read yet. */
export class Unread {
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** True if the limit is reached. A single answer may exceed the limit if there is no other. */
  get isFull(): boolean {
    return this.#bytes >= this.#most;
  }

  /** Adds bytes. Returns a function to call when they have been read, or never will be. */
  add(bytes: number): () => void {
    this.#bytes += bytes;
    let isThere = true;
    return () => {
      if (isThere) this.#bytes -= bytes;
      isThere = false;
    };
  }
}
