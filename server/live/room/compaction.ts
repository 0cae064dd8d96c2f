import type { Log } from '../../log.ts';
import type { Store } from '../../store/contract.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../../errors.ts';
import type { FullState } from './full-state.ts';
import type { Counters } from '../counters.ts';
import { checkpointBytes, checkpointEvery, checkpointPause, versionEveryMs } from '../limits.ts';

export interface CompactionOptions {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  readonly counters: Counters;
  /** True if versions of the document are kept. */
  readonly keepsVersions: boolean;
}

/**
 * Keeps a document fast to open, and keeps its history: has the store merge the updates since the snapshot, and keep a
 * version from time to time. If that fails, only that one merge or version is missing.
 */
export class Compaction {
  readonly #room: string;
  readonly #full: FullState;
  readonly #options: CompactionOptions;
  #merging: Promise<void> | null = null;
  /** No merge before this time, so that merging a large document takes only its share of the machine. */
  #nextMerge = 0;
  #wasEdited = false;
  /** Before this time no version is kept, and the store is not asked for existing ones. */
  #nextVersion = -Infinity;
  readonly #merged: () => void;
  #keeping: Promise<void> | null = null;

  /** `merged`: called after each merge, when the full state is smaller. */
  constructor(room: string, full: FullState, options: CompactionOptions, merged: () => void) {
    this.#merged = merged;
    this.#room = room;
    this.#full = full;
    this.#options = options;
    if (!options.keepsVersions) this.#nextVersion = Infinity;
  }

  /** Call after each commit. `isEdit`: true if people made any of it. */
  committed(isEdit: boolean): void {
    this.#wasEdited ||= isEdit;
    if (this.#wasEdited) void this.#keepVersion();
    const { updatesSince, bytesSince, bytes } = this.#full;
    const isDue = updatesSince >= checkpointEvery || bytesSince >= checkpointBytes;
    const hasDoubled = 2 * bytesSince >= bytes;
    if (isDue && (hasDoubled || this.#options.clock.now() >= this.#nextMerge)) void this.checkpoint();
  }

  /** Merges if a merge is allowed by now. The document is then smaller, and perhaps no longer full. */
  mergeIfDue(): void {
    if (this.#full.updatesSince > 0 && this.#options.clock.now() >= this.#nextMerge) void this.checkpoint();
  }

  /** Has the store merge the updates since the snapshot, in its own thread. */
  checkpoint(): Promise<void> {
    if (this.#full.updatesSince === 0 && !this.#merging) return Promise.resolve();
    this.#merging ??= this.#merge().finally(() => (this.#merging = null));
    return this.#merging;
  }

  /** Before the room closes: keeps a version if one is due, and merges everything. */
  async finish(): Promise<void> {
    if (this.#wasEdited) await this.#keepVersion();
    await this.#merging;
    await this.checkpoint();
  }

  async #merge(): Promise<void> {
    const { store, log, clock, counters } = this.#options;
    const began = clock.now();
    try {
      const checkpoint = await store.checkpoint(this.#room);
      if (checkpoint) this.#full.rebase(checkpoint);
      this.#merged();
      counters.checkpoints++;
    } catch (error) {
      log.warn({ room: this.#room, error: messageOf(error) }, 'checkpoint failed');
    }
    const ended = clock.now();
    this.#nextMerge = ended + (ended - began) * checkpointPause;
  }

  #keepVersion(): Promise<void> {
    if (this.#options.clock.now() < this.#nextVersion) return Promise.resolve();
    this.#keeping ??= this.#keep().finally(() => (this.#keeping = null));
    return this.#keeping;
  }

  /**
   * Keeps a version unless a recent one exists: an earlier room of this document may have kept one, or a person. A
   * version from the future was kept before the wall clock was set back. It does not count, because it would delay all
   * others until then.
   */
  async #keep(): Promise<void> {
    const { store, log, clock } = this.#options;
    try {
      const versions = await store.versions(this.#room);
      const wall = clock.wall();
      const newest = versions.find(({ at }) => at <= wall);
      const waitMs = newest ? newest.at + versionEveryMs - wall : 0;
      this.#nextVersion = clock.now() + (waitMs > 0 ? waitMs : versionEveryMs);
      if (waitMs > 0) return;
      this.#wasEdited = false;
      await store.keepVersion(this.#room, { kind: 'automatic', name: '', person: '' });
    } catch (error) {
      log.warn({ room: this.#room, error: messageOf(error) }, 'no version was kept');
    }
  }
}
