/**
 * Presence states that are to go out, the one that waits longest first. A newer one of a client takes the
 * place of the one that waits, and its turn.
 */
export class DueStates {
  readonly #waiting = new Map<number, Uint8Array>();

  get size(): number {
    return this.#waiting.size;
  }

  set(client: number, entry: Uint8Array): void {
    this.#waiting.set(client, entry);
  }

  /** Takes about so many bytes: those who are `first` whatever they take, then in turn; one at least. */
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
