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
import type { PutBackLimits } from './put-back-limits.ts';
import type { Recovery } from '../recovery/recovery.ts';
import type { Counters } from '../counters.ts';
import {
  dearCommitMs,
  dearPause,
  leastPauseMs,
  leastTickMs,
  longestDearPauseMs,
  maxQueueBytes,
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
  readonly putBackLimits: PutBackLimits;
  readonly refused: (board: string, person: string, rule: string) => void;
  /** The number of sockets that a commit is sent to. The more there are, the less often the room commits. */
  readonly receivers: () => number;
  /** Called once a batch is on disk. `sequence`: of its journal record; null if it changed nothing. */
  readonly committed: (batch: Batch, sequence: number | null) => void;
  /** Called once if the store does not take a batch. Memory is then ahead of the disk. */
  readonly failed: (error: unknown) => void;
}

/**
 * Brings queued changes to disk. A tick applies everything queued as one transaction and appends it as one journal
 * entry. One tick runs at a time, and the queue fills meanwhile. After a tick, a room with many sockets waits a little
 * before the next. In a quiet room an edit is committed at once. The slower the disk and the fuller the room, the
 * larger the batches.
 */
export class Commits {
  readonly #room: string;
  readonly #document: LiveDocument;
  readonly #options: CommitsOptions;
  #queue: PendingChange[] = [];
  #queueBytes = 0;
  readonly #parked = new Parked();
  #stopParking: (() => void) | null = null;
  readonly #held = new Set<Connection>();
  /** Senders who are paused because the most updates allowed wait to be judged. */
  readonly #crowded = new Set<Connection>();
  #isWorking = false;
  #isStopped = false;
  #hasUncommitted = false;
  #lastTick = -Infinity;
  /** The overhead of the last two transactions. One alone may include a garbage collection. */
  #overheadsMs: readonly [number, number] = [0, 0];
  /** When the first change in the queue arrived. */
  #oldest = 0;
  #whenSettled: (() => void)[] = [];

  constructor(room: string, document: LiveDocument, options: CommitsOptions) {
    this.#room = room;
    this.#document = document;
    this.#options = options;
  }

  /** True if the document has edits that are not on disk yet. They must not be shown to anybody. */
  get hasUncommitted(): boolean {
    return this.#hasUncommitted;
  }

  /** The number of updates received that are not on disk. */
  get unsaved(): number {
    return this.#queue.length + (this.#hasUncommitted ? 1 : 0);
  }

  get isSettled(): boolean {
    return !this.#isWorking;
  }

  /** Resolves when everything received is on disk or has failed. Parked updates of senders in debt do not count. */
  settled(): Promise<void> {
    return this.#isWorking ? new Promise((resolve) => this.#whenSettled.push(resolve)) : Promise.resolve();
  }

  post(change: PendingChange): void {
    if (this.#isStopped) return;
    if (change.kind === 'frame') {
      const { from, frame } = change;
      if (++from.unjudged >= maxUnjudged) {
        from.hold('unjudged');
        this.#crowded.add(from);
      }
      if (this.#parked.has(from)) return this.#parked.add(change);
      this.#weigh(from, frame.update.length);
    }
    if (this.#queue.length === 0) this.#oldest = performance.now();
    const isWaiting = change.kind === 'frame' && change.from.unjudged > viewsUnjudged;
    this.#queue.push(isWaiting ? onItsOwn(change) : change);
    this.#work();
  }

  /** Removes and returns the updates parked for senders in debt. They are not judged. */
  takeParked(): PendingFrame[] {
    const changes = this.#parked.takeAll();
    for (const { from } of changes) from.unjudged--;
    this.#release();
    return changes;
  }

  /** Takes no more changes, and drops the queue. */
  stop(): void {
    this.#isStopped = true;
    for (const change of this.#queue) if (change.kind === 'frame') change.from.unjudged--;
    this.#queue = [];
    this.#stopParking?.();
    this.takeParked();
  }

  /** Pauses the sender if the queue is too large, until the disk has caught up. */
  #weigh(from: Connection, bytes: number): void {
    this.#queueBytes += bytes;
    if (this.#queueBytes <= maxQueueBytes) return;
    from.hold('queue');
    this.#held.add(from);
  }

  #park(change: PendingFrame): void {
    change.from.unjudged++;
    this.#parked.add(change);
  }

  #release(): void {
    for (const connection of this.#held) connection.release('queue');
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

  /**
   * Ticks after the sockets have been read, so that one turn's frames are one batch. In a large room it ticks later.
   */
  #tickSoon(): void {
    const overheadMs = Math.min(...this.#overheadsMs);
    if (overheadMs < dearCommitMs) return this.#tickOnTime();
    this.#options.clock.after(Math.min(overheadMs * dearPause, longestDearPauseMs), () => this.#tickOnTime());
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
    if (this.#queue.length > 0 || waitMs === 0) return this.#tickSoon();
    this.#isWorking = false;
    for (const resolve of this.#whenSettled.splice(0)) resolve();
    this.#stopParking?.();
    const pauseMs = waitMs === null ? null : Math.max(waitMs, leastPauseMs);
    this.#stopParking = pauseMs === null ? null : this.#options.clock.after(pauseMs, () => this.#work());
  }

  async #commit(): Promise<void> {
    const {
      store,
      counters,
      observe,
      recovery,
      receivers,
      clock,
      committed,
      failed,
      putBackLimits,
      refused,
    } = this.#options;
    const began = this.#queue.length > 0 ? this.#oldest : performance.now();
    const changes = [...this.#parked.takeDue(), ...this.#queue];
    this.#queue = [];
    this.#queueBytes = 0;
    for (const change of changes) if (change.kind === 'frame') change.from.unjudged--;
    try {
      const batch = applyChanges(this.#document, changes, {
        recovery,
        counters,
        receivers: receivers(),
        clock,
        putBackLimits,
        refused,
      });
      for (const change of batch.left) this.#park(change);
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
      // If stopped meanwhile, the document has been dropped.
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
