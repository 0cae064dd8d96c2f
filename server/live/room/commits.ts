import type { Log } from '../../log.ts';
import type { Store } from '../../store/contract.ts';
import type { Batch } from './batch.ts';
import type { PendingFrame, PendingChange } from './pending-changes.ts';
import { onItsOwn } from './pending-changes.ts';
import { applyChanges } from './batch.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../socket/connection.ts';
import type { Observer } from '../contract.ts';
import type { LiveDocument } from './live-document.ts';
import { Parked } from './parked.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { Counters } from '../counters.ts';
import {
  dearCommitMs,
  dearPause,
  leastPauseMs,
  leastTickMs,
  longestDearPauseMs,
  maxInboxBytes,
  maxTickMs,
  maxUnjudged,
  tickMsPerSocket,
  viewsUnjudged,
} from '../limits.ts';

export interface CommitsOptions {
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly observe: Observer;
  readonly recovery: Recovery;
  /** How many sockets a commit is sent to: the more, the less often. */
  readonly receivers: () => number;
  /** Called when a batch is on disk, and only then. `sequence`: of its record; null where it changed nothing. */
  readonly committed: (batch: Batch, sequence: number | null) => void;
  /** The store would not take a batch: what is in memory is not what is on disk. Called once. */
  readonly failed: (error: unknown) => void;
}

/**
 * The way from the inbox to the disk. What has come in is applied as one transaction and appended as one
 * journal entry: a tick. One is under way at a time, and meanwhile the inbox fills; after one, a room of many
 * waits a little before the next. At rest an edit leaves at once; the slower the disk and the fuller the room,
 * the larger the batches.
 */
export class Commits {
  readonly #room: string;
  readonly #document: LiveDocument;
  readonly #options: CommitsOptions;
  #inbox: PendingChange[] = [];
  #inboxBytes = 0;
  readonly #parked = new Parked();
  #stopParking: (() => void) | null = null;
  readonly #held = new Set<Connection>();
  /** Senders of as many updates as may wait to be judged. */
  readonly #crowded = new Set<Connection>();
  #isWorking = false;
  #isStopped = false;
  #hasUncommitted = false;
  #lastTick = -Infinity;
  /** What the last two transactions took beside their frames: one alone may have met a collection of garbage. */
  #overheadsMs: readonly [number, number] = [0, 0];
  /** When the first letter of the inbox came. */
  #oldest = 0;
  #whenSettled: (() => void)[] = [];

  constructor(room: string, document: LiveDocument, options: CommitsOptions) {
    this.#room = room;
    this.#document = document;
    this.#options = options;
  }

  /** Whether the document holds what is not on disk yet: nobody may be shown it. */
  get hasUncommitted(): boolean {
    return this.#hasUncommitted;
  }

  /** Updates that have come in and are not on disk. */
  get unsaved(): number {
    return this.#inbox.length + (this.#hasUncommitted ? 1 : 0);
  }

  get isSettled(): boolean {
    return !this.#isWorking;
  }

  /** Resolves when all that has come in is on disk, or has failed; what senders in debt wait for does not count. */
  settled(): Promise<void> {
    return this.#isWorking ? new Promise((resolve) => this.#whenSettled.push(resolve)) : Promise.resolve();
  }

  post(letter: PendingChange): void {
    if (this.#isStopped) return;
    if (letter.kind === 'frame') {
      const { from, frame } = letter;
      if (++from.unjudged >= maxUnjudged) {
        from.hold('unjudged');
        this.#crowded.add(from);
      }
      if (this.#parked.has(from)) return this.#parked.add(letter);
      this.#weigh(from, frame.update.length);
    }
    if (this.#inbox.length === 0) this.#oldest = performance.now();
    const isWaiting = letter.kind === 'frame' && letter.from.unjudged > viewsUnjudged;
    this.#inbox.push(isWaiting ? onItsOwn(letter) : letter);
    this.#work();
  }

  /** Gives back what waits for debts to be paid: it will not be judged. */
  takeParked(): PendingFrame[] {
    const letters = this.#parked.takeAll();
    for (const { from } of letters) from.unjudged--;
    this.#release();
    return letters;
  }

  /** Takes no more; what is in the inbox is forgotten. */
  stop(): void {
    this.#isStopped = true;
    for (const letter of this.#inbox) if (letter.kind === 'frame') letter.from.unjudged--;
    this.#inbox = [];
    this.#stopParking?.();
    this.takeParked();
  }

  /** Past a bound the sender is read no further until the disk has caught up. */
  #weigh(from: Connection, bytes: number): void {
    this.#inboxBytes += bytes;
    if (this.#inboxBytes <= maxInboxBytes) return;
    from.hold('inbox');
    this.#held.add(from);
  }

  #park(letter: PendingFrame): void {
    letter.from.unjudged++;
    this.#parked.add(letter);
  }

  #release(): void {
    for (const connection of this.#held) connection.release('inbox');
    this.#held.clear();
    for (const connection of this.#crowded) {
      if (connection.unjudged >= maxUnjudged) continue;
      this.#crowded.delete(connection);
      connection.release('unjudged');
    }
  }

  #work(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#tickSoon();
  }

  /** After the sockets have been read, so that what came in one turn goes out as one; later in a room of many. */
  #tickSoon(): void {
    const overheadMs = Math.min(...this.#overheadsMs);
    if (overheadMs < dearCommitMs) return this.#tickOnTime();
    // By the time of the machine, as it was measured.
    setTimeout(() => this.#tickOnTime(), Math.min(overheadMs * dearPause, longestDearPauseMs));
  }

  #tickOnTime(): void {
    const { clock, receivers } = this.#options;
    const pauseMs = Math.min(maxTickMs, receivers() * tickMsPerSocket);
    const waitMs = this.#lastTick + pauseMs - clock.now();
    const tick = () => void this.#tick();
    if (waitMs < leastTickMs) setImmediate(tick);
    else clock.after(waitMs, tick);
  }

  async #tick(): Promise<void> {
    this.#lastTick = this.#options.clock.now();
    await this.#commit();
    const waitMs = this.#parked.waitMs;
    if (this.#inbox.length > 0 || waitMs === 0) return this.#tickSoon();
    this.#isWorking = false;
    for (const resolve of this.#whenSettled.splice(0)) resolve();
    this.#stopParking?.();
    const pauseMs = waitMs === null ? null : Math.max(waitMs, leastPauseMs);
    this.#stopParking = pauseMs === null ? null : this.#options.clock.after(pauseMs, () => this.#work());
  }

  async #commit(): Promise<void> {
    const { store, counters, observe, recovery, receivers, committed, failed } = this.#options;
    const began = this.#inbox.length > 0 ? this.#oldest : performance.now();
    const letters = [...this.#parked.takeDue(), ...this.#inbox];
    this.#inbox = [];
    this.#inboxBytes = 0;
    for (const letter of letters) if (letter.kind === 'frame') letter.from.unjudged--;
    try {
      const batch = applyChanges(this.#document, letters, {
        recovery,
        counters,
        receivers: receivers(),
      });
      for (const letter of batch.left) this.#park(letter);
      const applied = performance.now();
      this.#overheadsMs = [batch.overheadMs, this.#overheadsMs[0]];
      observe.tick((applied - began) / 1000);
      let sequence: number | null = null;
      if (batch.update) {
        this.#hasUncommitted = true;
        const { update, person, owners } = batch;
        sequence = await store.append({ room: this.#room, person, update, ...(owners && { owners }) });
        observe.commit((performance.now() - applied) / 1000);
        this.#hasUncommitted = false;
        counters.commits++;
      }
      // Whoever stopped this one meanwhile has thrown the document away.
      if (!this.#isStopped) committed(batch, sequence);
    } catch (error) {
      counters.failedCommits++;
      this.stop();
      failed(error);
      return;
    }
    this.#release();
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
