import type { PendingChange } from './pending-changes.ts';
import type { Commits } from './commits.ts';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Edits that the server makes itself, on their way to the disk, and who waits for each. */
export class OwnWrites {
  readonly #waiting = new Set<Waiter>();
  /** Those whose edit is in the batch that is being committed. */
  #applied: Waiter[] = [];

  /**
   * Posts a letter, which calls `applied` when it is dealt with. Resolves when the batch that it is in is on disk;
   * rejects where that fails. What people write meanwhile does not delay it.
   */
  post(commits: Commits, letter: (applied: () => void) => PendingChange): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiting.add(waiter);
      commits.post(letter(() => this.#applied.push(waiter)));
    });
  }

  /** The batch under way is on disk. */
  committed(): void {
    for (const waiter of this.#applied.splice(0)) {
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  /** The document is thrown away: nothing that waits gets to the disk. */
  failed(message: string): void {
    this.#applied = [];
    for (const { reject } of this.#waiting) reject(new Error(message));
    this.#waiting.clear();
  }
}
