import { closeCode } from '../../../shared/wire/protocol.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../socket/connection.ts';
import type { FullState } from './full-state.ts';
import type { LiveDocument } from './live-document.ts';
import { kept } from '../kept.ts';
import { hasNothing } from './live-document.ts';
import type { TimeSlicedQueue } from '../time-sliced-queue.ts';
import type { Counters } from '../counters.ts';
import { answerBytesPerMs, largeAnswerBytes, maxUnreadBytes } from '../limits.ts';
import type { Unread } from '../socket/unread.ts';

/** Where sync requests are answered from. */
export interface Source {
  readonly full: FullState;
  /** Null while the document is not in memory. */
  readonly document: LiveDocument | null;
  /** True if the document has edits that are not on disk. They must not be shown to anybody. */
  readonly hasUncommitted: boolean;
}

/** Dependencies. */
export interface SyncRequestContext {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly largeAnswers: TimeSlicedQueue;
  readonly unreadDifferences: Unread;
}

/** Requests for a room's state (sync step 1), until they can be answered. */
export class SyncRequests {
  readonly #source: () => Source | null;
  readonly #context: SyncRequestContext;
  /** The state vectors of those who wait. A connection that asks again meanwhile is answered once. */
  readonly #waiting = new Map<Connection, Uint8Array>();
  /** The connections among them that are queued as large answers. */
  readonly #inTurn = new Set<Connection>();

  /** `source`: called for each answer; returns null while there is nothing to answer from. */
  constructor(context: SyncRequestContext, source: () => Source | null) {
    this.#context = context;
    this.#source = source;
  }

  ask(by: Connection, stateVector: Uint8Array): void {
    by.out.isAsking = true;
    this.#waiting.set(by, kept(stateVector));
    this.answer();
  }

  /**
   * Answers what can be answered now, which is only while everything in the document is on disk. A client that has
   * nothing gets the stored bytes as they are. Any other answer needs the document. An answer that is large or has to
   * be encoded is queued, so that other work runs in between.
   */
  answer(): void {
    for (const [by, stateVector] of this.#waiting) {
      const full = this.#fullFor(stateVector);
      if (!full || this.#inTurn.has(by)) continue;
      if (hasNothing(stateVector) && full.bytes <= largeAnswerBytes) this.#answerTo(by);
      else {
        this.#inTurn.add(by);
        this.#context.largeAnswers.run(() => this.#answerTo(by));
      }
    }
  }

  forget(): void {
    this.#waiting.clear();
  }

  /** The full state, if a request with this state vector can be answered now; otherwise null. */
  #fullFor(stateVector: Uint8Array): FullState | null {
    const source = this.#source();
    if (!source || source.hasUncommitted) return null;
    return source.document || hasNothing(stateVector) ? source.full : null;
  }

  #answerTo(by: Connection): void {
    this.#inTurn.delete(by);
    const stateVector = this.#waiting.get(by);
    if (!stateVector) return;
    const full = this.#fullFor(stateVector);
    // A commit has started meanwhile. Requests are answered again when it ends.
    if (!full && by.isOpen) return;
    // The person is in debt, for example because another of their sockets was answered just before.
    if (by.isOpen && by.owes > 0) return void this.#context.clock.after(by.owes, () => this.answer());
    this.#waiting.delete(by);
    if (!full || !by.isOpen) return;
    if (hasNothing(stateVector) || !this.#mayEncode(by)) this.#sendState(by, full);
    else this.#sendDifference(by, stateVector, full);
  }

  /**
   * A difference takes memory for one reader only, while the stored state is the same bytes for everyone and answers
   * any request. So a reader that does not read gets the stored state. Everyone does while too much is unread.
   */
  #mayEncode(by: Connection): boolean {
    return by.out.unreadBytes <= maxUnreadBytes && !this.#context.unreadDifferences.isFull;
  }

  #sendState(to: Connection, full: FullState): void {
    const began = this.#context.clock.now();
    this.#context.counters.statesSent++;
    to.out.answer(full.packets());
    to.charge('work', Math.max(full.bytes / answerBytesPerMs, this.#context.clock.now() - began));
  }

  /** Encoding blocks everyone, so the reader is charged for it. */
  #sendDifference(to: Connection, stateVector: Uint8Array, full: FullState): void {
    const began = this.#context.clock.now();
    const answer = this.#source()?.document?.answer(stateVector) ?? null;
    to.charge('work', this.#context.clock.now() - began);
    if (answer === 'large') this.#sendState(to, full);
    else if (answer) to.out.answer([answer], this.#context.unreadDifferences);
    else to.close(closeCode.malformed, 'malformed');
  }
}
