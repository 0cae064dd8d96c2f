import type { Documents } from './documents.ts';
import type { Journal } from './journal.ts';
import type { StoreLog } from './log.ts';

export interface JournalCompactionOptions {
  readonly log: StoreLog;
  /** Past this the journal is shortened. */
  readonly journalBytes?: number;
  /** Asks whoever has a room open for its checkpoint; resolves when that has been made, or will not be. */
  readonly onPressure?: (room: string) => Promise<void>;
}

/**
 * Memory and the time to start bound it. Low enough for both (16 MiB are 150,000 small edits); high enough that,
 * with 500 boards in use, each is written only every minute or so.
 */
const defaultJournalBytes = 16 << 20;

/**
 * Brings the journal back to its size, one room after another, beside the work of the day: 500 at once would have
 * everyone's edits wait for their files.
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

  /** Asks for checkpoints, and makes those that nobody else makes. */
  start(): void {
    this.#run(async (room) => {
      await this.#options.onPressure?.(room);
      if (!this.#isClosed && this.#excess().has(room)) await this.#documents.checkpoint(room);
    });
  }

  /** Makes all of them: before anyone has a room open, there is nobody to ask. */
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

  /** Looks anew after each room: others were checkpointed meanwhile, and the journal has grown on. */
  async #freeAll(free: (room: string) => Promise<unknown>): Promise<void> {
    const tried = new Set<string>();
    for (;;) {
      const next = [...this.#excess()].find((room) => !tried.has(room));
      if (next === undefined || this.#isClosed) return;
      tried.add(next);
      await free(next).catch((error: unknown) =>
        this.#options.log.error({ room: next, error: String(error) }, 'a room holds the journal back'),
      );
    }
  }

  /** The rooms that keep the journal longer than it is to be. */
  #excess(): ReadonlySet<string> {
    return this.#journal.roomsBeyond(this.#options.journalBytes ?? defaultJournalBytes);
  }
}
