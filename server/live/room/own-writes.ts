import type { PendingChange } from './pending-changes.ts';
import type { Commits } from './commits.ts';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Edits that the server makes itself: tracks each until it is on disk, and resolves its caller's promise. */
export class OwnWrites {
  readonly #waiting = new Set<Waiter>();
  /** The waiters whose edit is in the batch that is being committed. */
  #applied: Waiter[] = [];

  /**
   * Posts a change that calls `applied` when it is applied. Resolves when its batch is on disk; rejects if that fails.
   * Edits of people meanwhile do not delay it.
   */
  post(commits: Commits, makeChange: (applied: () => void) => PendingChange): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiting.add(waiter);
      commits.post(makeChange(() => this.#applied.push(waiter)));
    });
  }

  /** Call when the current batch is on disk. */
  committed(): void {
    for (const waiter of this.#applied.splice(0)) {
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  /** Call when the document is dropped: nothing that waits gets to disk. */
  failed(message: string): void {
    this.#applied = [];
    for (const { reject } of this.#waiting) reject(new Error(message));
    this.#waiting.clear();
  }
}
