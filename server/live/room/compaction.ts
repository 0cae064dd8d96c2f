import type { Log } from '../../log.ts';
import type { Store } from '../../store/contract.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from './commits.ts';
import type { FullState } from './full-state.ts';
import type { Counters } from '../counters.ts';
import { checkpointBytes, checkpointEvery, checkpointPause, versionEveryMs } from '../limits.ts';

export interface CompactionOptions {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  readonly counters: Counters;
  /** Whether versions are kept of the document. */
  readonly keepsVersions: boolean;
}

/**
 * Sees to it that a document that is worked on opens fast and has a history: has the store merge what has
 * piled up since the snapshot, and keep a version now and then. A failure costs only that.
 */
export class Compaction {
  readonly #room: string;
  readonly #full: FullState;
  readonly #options: CompactionOptions;
  #merging: Promise<void> | null = null;
  /** Not before this time, so that merging a large document takes no more than its share. */
  #nextMerge = 0;
  #wasEdited = false;
  /** Before this time no version is kept, and none is looked for. */
  #nextVersion = -Infinity;
  readonly #merged: () => void;
  #keeping: Promise<void> | null = null;

  /** `merged`: called when the full state is smaller than it was. */
  constructor(room: string, full: FullState, options: CompactionOptions, merged: () => void) {
    this.#merged = merged;
    this.#room = room;
    this.#full = full;
    this.#options = options;
    if (!options.keepsVersions) this.#nextVersion = Infinity;
  }

  /** To be told of each commit; `isEdit` where people made it, not the server alone. */
  committed(isEdit: boolean): void {
    this.#wasEdited ||= isEdit;
    if (this.#wasEdited) void this.#keepVersion();
    const { updatesSince, bytesSince, bytes } = this.#full;
    const isDue = updatesSince >= checkpointEvery || bytesSince >= checkpointBytes;
    const hasDoubled = 2 * bytesSince >= bytes;
    if (isDue && (hasDoubled || this.#options.clock.now() >= this.#nextMerge)) void this.checkpoint();
  }

  /** Has it merged where that is due by now, or else leaves it: it is smaller then, and perhaps not full. */
  mergeIfDue(): void {
    if (this.#full.updatesSince > 0 && this.#options.clock.now() >= this.#nextMerge) void this.checkpoint();
  }

  /** Has what has piled up merged and stored, in the store's own thread. */
  checkpoint(): Promise<void> {
    if (this.#full.updatesSince === 0 && !this.#merging) return Promise.resolve();
    this.#merging ??= this.#merge().finally(() => (this.#merging = null));
    return this.#merging;
  }

  /** At the end: a version where one is due, and all of it merged. */
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
   * Other rooms of this document may have kept one: before this one opened, or by hand. One from a time that is
   * still to come was kept before the wall clock was set back. It does not count: it would put off all others until then.
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
