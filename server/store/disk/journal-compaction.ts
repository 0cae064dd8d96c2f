import type { Documents } from './documents.ts';
import type { Journal } from './journal.ts';
import type { StoreLog } from './log.ts';

export interface JournalCompactionOptions {
  readonly log: StoreLog;
  /** The journal is shortened above this size, in bytes. */
  readonly journalBytes?: number;
  /** Asks the owner of an open room for its checkpoint. Resolves when it is made, or will not be. */
  readonly onPressure?: (room: string) => Promise<void>;
}

/**
 * Limited by memory and start time; 16 MiB are 150,000 small edits. Large enough that, with 500 boards in use, each is
 * written only about once a minute.
 */
const defaultJournalBytes = 16 << 20;

/**
 * Shortens the journal by checkpoints, one room at a time, during normal operation: 500 at once would delay everybody's
 * edits.
 */
export class JournalCompaction {
  readonly #journal: Journal;
  readonly #documents: Documents;
  readonly #options: JournalCompactionOptions;
  #underWay: Promise<void> | null = null;
  #isClosed = false;

  constructor(journal: Journal, documents: Documents, options: JournalCompactionOptions) {
    this.#journal = journal;
    this.#documents = documents;
    this.#options = options;
  }

  /** Asks for checkpoints, and makes those that the owners did not make. */
  start(): void {
    this.#run(async (room) => {
      await this.#options.onPressure?.(room);
      if (!this.#isClosed && this.#excess().has(room)) await this.#documents.checkpoint(room);
    });
  }

  /** Makes all checkpoints itself: before any room is open there is no owner to ask. */
  startAlone(): void {
    this.#run((room) => this.#documents.checkpoint(room));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#underWay;
  }

  #run(free: (room: string) => Promise<unknown>): void {
    if (this.#underWay || this.#excess().size === 0) return;
    this.#underWay = this.#freeAll(free).finally(() => (this.#underWay = null));
  }

  /** Recomputes after each room: others may have been checkpointed, and the journal has grown. */
  async #freeAll(free: (room: string) => Promise<unknown>): Promise<void> {
    const tried = new Set<string>();
    for (;;) {
      const next = [...this.#excess()].find((room) => !tried.has(room));
      if (next === undefined || this.#isClosed) return;
      tried.add(next);
      await free(next).catch((error: unknown) =>
        this.#options.log.error(
          { room: next, error: String(error) },
          'a room keeps the journal from shrinking',
        ),
      );
    }
  }

  /** The rooms that keep the journal above its size. */
  #excess(): ReadonlySet<string> {
    return this.#journal.roomsBeyond(this.#options.journalBytes ?? defaultJournalBytes);
  }
}
