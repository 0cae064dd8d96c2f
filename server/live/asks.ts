import { closeCode } from '../../shared/protocol.ts';
import type { Connection } from './connection.ts';
import type { FullState } from './full-state.ts';
import type { LiveDocument } from './live-document.ts';
import { hasNothing } from './live-document.ts';
import type { Paced } from './paced.ts';
import type { Tally } from './tally.ts';
import { largeAnswerBytes } from './tuning.ts';

/** From what the questions of a room are answered. */
export interface Source {
  readonly full: FullState;
  /** Null while the bytes are not a document yet. */
  readonly document: LiveDocument | null;
  /** Whether the document holds what is not on disk: nobody may be shown that. */
  readonly hasUncommitted: boolean;
}

interface Ask {
  readonly by: Connection;
  readonly stateVector: Uint8Array;
}

/** The questions for a room's state (sync step 1), until they can be answered. */
export class Asks {
  readonly #source: () => Source | null;
  readonly #around: { readonly largeAnswers: Paced; readonly tally: Tally };
  #waiting: Ask[] = [];

  /** `source`: asked anew at each answer; null while there is nothing to answer from. */
  constructor(around: { largeAnswers: Paced; tally: Tally }, source: () => Source | null) {
    this.#around = around;
    this.#source = source;
  }

  ask(by: Connection, stateVector: Uint8Array): void {
    by.isAsking = true;
    this.#waiting.push({ by, stateVector });
    this.answer();
  }

  /**
   * Answers those who can be answered: at a moment at which the document holds nothing that is not on disk.
   * Whoever has nothing gets what is on disk, as it is there; for any other the document is needed.
   */
  answer(): void {
    const source = this.#source();
    if (!source || source.hasUncommitted || this.#waiting.length === 0) return;
    const { document, full } = source;
    const waiting: Ask[] = [];
    for (const ask of this.#waiting.splice(0)) {
      if (!hasNothing(ask.stateVector)) {
        if (document) this.#sendDifference(ask, document);
        else waiting.push(ask);
      } else if (full.bytes > largeAnswerBytes) this.#around.largeAnswers.run(() => this.#sendState(ask.by));
      else this.#sendState(ask.by);
    }
    this.#waiting.push(...waiting);
  }

  forget(): void {
    this.#waiting = [];
  }

  #sendState(to: Connection): void {
    const { full } = this.#source() ?? {};
    if (!full || !to.isOpen) return;
    to.isAsking = false;
    this.#around.tally.statesSent++;
    to.together(() => full.packets().forEach((packet) => to.send(packet)));
  }

  #sendDifference({ by, stateVector }: Ask, document: LiveDocument): void {
    const answer = document.answer(stateVector);
    by.isAsking = false;
    if (answer) by.send(answer);
    else by.close(closeCode.malformed, 'malformed');
  }
}
