import type { ReadOnly } from '../contract.ts';
import { kept } from '../kept.ts';
import { largeAnswerBytes } from '../limits.ts';
import type { DocumentFrame } from '../socket/acknowledgements.ts';
import type { Connection } from '../socket/connection.ts';
import { isEmptyUpdate } from '../socket/wire.ts';
import type { RoomContext } from './room-context.ts';
import type { EarlyFrame, Open } from './room-state.ts';

export interface IncomingHooks {
  /** The document, or null if it is not in memory. */
  open(): Open | null;
  /** Null if the document takes edits. */
  readOnly(): ReadOnly | null;
  /** Keeps a frame until the document is in memory. */
  keep(early: EarlyFrame): void;
}

/** Takes the changes that clients send to the point where they are posted for the next commit. */
export class IncomingChanges {
  readonly #context: Pick<RoomContext, 'clock' | 'counters' | 'largeAnswers'>;
  readonly #hooks: IncomingHooks;

  constructor(context: Pick<RoomContext, 'clock' | 'counters' | 'largeAnswers'>, hooks: IncomingHooks) {
    this.#context = context;
    this.#hooks = hooks;
  }

  /**
   * Checks the right to write before the bytes: what an observer sends is not even decoded. What comes from a page whose
   * person has become an observer is judged, because the page has to learn what was not taken.
   */
  receive(from: Connection, frame: DocumentFrame): void {
    if (from.isJudged) {
      if (this.#hooks.open()) return this.admit(from, frame);
      this.#hooks.keep({ from, frame: { ...frame, update: kept(frame.update) } });
      from.hold('loading');
      return;
    }
    from.acknowledgements.done(frame);
    if (isEmptyUpdate(frame.update)) return;
    this.#context.counters.observerUpdates++;
    this.#context.counters.refusals.observer++;
    from.remindOfRole();
  }

  /**
   * Posts a frame. From a large answer, the deletes that the document already has are filtered out first, a few per
   * turn of the event loop. The sender is paused meanwhile.
   */
  admit(from: Connection, frame: DocumentFrame): void {
    const open = this.#hooks.open();
    const isLarge = frame.isStep2 && frame.update.length > largeAnswerBytes;
    if (!open || !isLarge || this.#hooks.readOnly() !== null) {
      from.freeLarge();
      return this.post(from, frame);
    }
    const { largeAnswers, clock } = this.#context;
    const filtering = open.document.withoutKnownDeletes(frame.update);
    const step = () => {
      // The frame is not acknowledged, so the server asks for it again when a document is open.
      if (this.#hooks.open() !== open) return end();
      if (from.owes > 0) return void clock.after(from.owes, () => largeAnswers.run(step));
      const began = clock.now();
      const { done, value } = filtering.next();
      from.charge('work', clock.now() - began);
      if (!done) return largeAnswers.run(step);
      this.post(from, { ...frame, update: value });
      end();
    };
    const end = () => {
      from.freeLarge();
      from.release('answer');
    };
    from.hold('answer');
    largeAnswers.run(step);
  }

  /** Posts a frame as it is. A read-only document neither takes nor refuses edits: it asks for them again later. */
  post(from: Connection, frame: DocumentFrame): void {
    if (this.#hooks.readOnly() === null) this.#hooks.open()?.commits.post({ kind: 'frame', from, frame });
    else if (isEmptyUpdate(frame.update)) from.acknowledgements.done(frame);
    else {
      this.#context.counters.deferredUpdates++;
      from.acknowledgements.lose(frame.number);
    }
  }
}
