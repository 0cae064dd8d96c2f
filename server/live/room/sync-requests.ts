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

/** From what the questions of a room are answered. */
export interface Source {
  readonly full: FullState;
  /** Null while the bytes are not a document yet. */
  readonly document: LiveDocument | null;
  /** Whether the document holds what is not on disk: nobody may be shown that. */
  readonly hasUncommitted: boolean;
}

/** What answering needs of the house. */
export interface SyncRequestContext {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly largeAnswers: TimeSlicedQueue;
  readonly unreadDifferences: Unread;
}

/** The questions for a room's state (sync step 1), until they can be answered. */
export class SyncRequests {
  readonly #source: () => Source | null;
  readonly #context: SyncRequestContext;
  /** Who waits, and what they have; who asks again meanwhile is answered once. */
  readonly #waiting = new Map<Connection, Uint8Array>();
  /** Those of them whose turn is coming. */
  readonly #inTurn = new Set<Connection>();

  /** `source`: asked anew at each answer; null while there is nothing to answer from. */
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
   * Answers those who can be answered: at a moment at which the document holds nothing that is not on disk.
   * Whoever has nothing gets what is on disk, as it is there; for any other the document is needed. What is
   * large, and what has to be encoded, waits for its turn, so that others go on between.
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

  /** From what it can be answered just now; null where it cannot. */
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
    // A commit has begun meanwhile: at its end they are thought of again.
    if (!full && by.isOpen) return;
    // Other sockets of the same person were answered before.
    if (by.isOpen && by.owes > 0) return void this.#context.clock.after(by.owes, () => this.answer());
    this.#waiting.delete(by);
    if (!full || !by.isOpen) return;
    if (hasNothing(stateVector) || !this.#mayEncode(by)) this.#sendState(by, full);
    else this.#sendDifference(by, stateVector, full);
  }

  /**
   * A difference lies in memory for its reader alone, while the stored state is the same bytes for all. It answers
   * any question, so whoever does not read gets that, and so do all when too much lies unread.
   */
  #mayEncode(by: Connection): boolean {
    return by.out.unreadBytes <= maxUnreadBytes && !this.#context.unreadDifferences.isFull;
  }

  #sendState(to: Connection, full: FullState): void {
    const began = performance.now();
    this.#context.counters.statesSent++;
    to.out.answer(full.packets());
    to.charge('work', Math.max(full.bytes / answerBytesPerMs, performance.now() - began));
  }

  /** To encode it takes the time of all, so that it is charged for. */
  #sendDifference(to: Connection, stateVector: Uint8Array, full: FullState): void {
    const began = performance.now();
    const answer = this.#source()?.document?.answer(stateVector) ?? null;
    to.charge('work', performance.now() - began);
    if (answer === 'large') this.#sendState(to, full);
    else if (answer) to.out.answer([answer], this.#context.unreadDifferences);
    else to.close(closeCode.malformed, 'malformed');
  }
}
