import type { Log } from '../log.ts';
import type { Store } from '../store/contract.ts';
import type { Batch, Letter } from './batch.ts';
import { applyLetters } from './batch.ts';
import type { Connection } from './connection.ts';
import type { LiveDocument } from './live-document.ts';
import type { Tally } from './tally.ts';
import { checkpointEvery, maxInboxBytes } from './tuning.ts';

export interface CommitsOptions {
  readonly store: Store;
  readonly log: Log;
  readonly tally: Tally;
  /** Called when a batch is on disk, and only then. */
  readonly committed: (batch: Batch) => void;
  /** The store would not take a batch: what is in memory is not what is on disk. Called once. */
  readonly failed: (error: unknown) => void;
}

/**
 * The way from the inbox to the disk. At the end of the event loop's turn all that has come in is applied
 * as one transaction and appended as one journal entry. One commit is under way at a time; meanwhile the
 * inbox fills: at rest an edit leaves at once, and the slower the disk, the larger the batches.
 */
export class Commits {
  readonly #room: string;
  readonly #document: LiveDocument;
  readonly #options: CommitsOptions;
  #inbox: Letter[] = [];
  #inboxBytes = 0;
  readonly #paused = new Set<Connection>();
  #isWorking = false;
  #isStopped = false;
  #hasUncommitted = false;
  #whenSettled: (() => void)[] = [];
  #updatesSinceCheckpoint: number;

  /** `journalled`: how many updates the journal holds since the last checkpoint. */
  constructor(room: string, document: LiveDocument, journalled: number, options: CommitsOptions) {
    this.#room = room;
    this.#document = document;
    this.#updatesSinceCheckpoint = journalled;
    this.#options = options;
  }

  /** Whether the document holds what is not on disk yet: nobody may be shown it. */
  get hasUncommitted(): boolean {
    return this.#hasUncommitted;
  }

  get isSettled(): boolean {
    return !this.#isWorking;
  }

  /** Resolves when all that has come in is on disk, or has failed. */
  settled(): Promise<void> {
    return this.#isWorking ? new Promise((resolve) => this.#whenSettled.push(resolve)) : Promise.resolve();
  }

  post(letter: Letter): void {
    if (this.#isStopped) return;
    this.#inbox.push(letter);
    if (letter.kind === 'frame') this.#weigh(letter.from, letter.frame.update.length);
    if (this.#isWorking) return;
    this.#isWorking = true;
    // After the sockets have been read, so that what came in one turn goes out as one.
    setImmediate(() => void this.#work());
  }

  /** Stores the full state, so that opening need not replay the journal. A failure costs only that. */
  async checkpoint(): Promise<void> {
    const replaced = this.#updatesSinceCheckpoint;
    if (replaced === 0 || this.#isStopped) return;
    this.#updatesSinceCheckpoint = 0;
    try {
      await this.#options.store.checkpoint(this.#room, this.#document.encode());
    } catch (error) {
      this.#updatesSinceCheckpoint += replaced;
      this.#options.log.warn({ room: this.#room, error: messageOf(error) }, 'checkpoint failed');
    }
  }

  /** Takes no more; what is in the inbox is forgotten. */
  stop(): void {
    this.#isStopped = true;
    this.#inbox = [];
  }

  /** Past a bound the sender is read no further until the disk has caught up. */
  #weigh(from: Connection, bytes: number): void {
    this.#inboxBytes += bytes;
    if (this.#inboxBytes <= maxInboxBytes) return;
    from.pause();
    this.#paused.add(from);
  }

  async #work(): Promise<void> {
    while (this.#inbox.length > 0) await this.#commit();
    this.#isWorking = false;
    for (const resolve of this.#whenSettled.splice(0)) resolve();
  }

  async #commit(): Promise<void> {
    const { store, tally, committed, failed } = this.#options;
    const letters = this.#inbox;
    this.#inbox = [];
    this.#inboxBytes = 0;
    try {
      const batch = applyLetters(this.#document, letters, tally);
      if (batch.update) {
        this.#hasUncommitted = true;
        await store.append({ room: this.#room, person: batch.person, update: batch.update });
        this.#hasUncommitted = false;
        this.#updatesSinceCheckpoint++;
        tally.commits++;
      }
      committed(batch);
    } catch (error) {
      tally.failedCommits++;
      this.stop();
      failed(error);
      return;
    }
    for (const connection of this.#paused) connection.resume();
    this.#paused.clear();
    if (this.#updatesSinceCheckpoint >= checkpointEvery) void this.checkpoint();
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
