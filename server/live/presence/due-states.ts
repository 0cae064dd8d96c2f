/**
 * Presence states that wait to be sent, the longest waiting first. A newer state of a client replaces the waiting one
 * and keeps its position.
 */
export class DueStates {
  readonly #waiting = new Map<number, Uint8Array>();

  get size(): number {
    return this.#waiting.size;
  }

  set(client: number, entry: Uint8Array): void {
    this.#waiting.set(client, entry);
  }

  /** Removes and returns about `bytes` of states: all that are `first`, then the longest waiting; at least one. */
  take(bytes: number, first: ((client: number) => boolean) | null): Uint8Array[] {
    const taken: Uint8Array[] = [];
    let left = bytes;
    const take = (client: number, entry: Uint8Array) => {
      taken.push(entry);
      this.#waiting.delete(client);
      left -= entry.length;
    };
    if (first) for (const [client, entry] of this.#waiting) if (first(client)) take(client, entry);
    for (const [client, entry] of this.#waiting) {
      if (left <= 0 && taken.length > 0) break;
      take(client, entry);
    }
    return taken;
  }
}
