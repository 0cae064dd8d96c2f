import { kept } from '../kept.ts';
import { maxHeldBytes, maxHeldFrames } from '../limits.ts';

/** A document frame (sync step 2 or update) of a socket, by its place in the order received, from 1. */
export interface DocumentFrame {
  readonly number: number;
  readonly update: Uint8Array;
  readonly isStep2: boolean;
  /** Which of our questions a step 2 answers, from 1: clients answer each, in order. 0 for an update. */
  readonly answers: number;
}

/** What a socket has sent of the document, what of it waits for something, and how far all is done. */
export class Acknowledgements {
  #received = 0;
  #done = 0;
  #told = 0;
  #held: DocumentFrame[] = [];
  #heldBytes = 0;
  /** The numbers of frames that were held and are not done, the first one first. */
  #open: number[] = [];
  #hasOffered = false;
  /** The first frame that was not taken and has to come again; null where there is none. */
  #lost: number | null = null;
  /** Our questions (sync step 1), their answers, and the first of them that was asked since all was lost. */
  #asked = 0;
  #answered = 0;
  #fresh = 1;

  /** Whether the client's own state (its first sync step 2) has been taken in. */
  get hasOffered(): boolean {
    return this.#hasOffered;
  }

  /** Whether a question of ours has not been answered yet. */
  get expectsAnswer(): boolean {
    return this.#answered < this.#asked;
  }

  /** Notes that the client is asked for what it has. */
  ask(): void {
    this.#asked++;
  }

  receive(update: Uint8Array, isStep2: boolean): DocumentFrame {
    return { number: ++this.#received, update, isStep2, answers: isStep2 ? ++this.#answered : 0 };
  }

  /** Keeps a frame that rests on what is still to come. Returns false where there is too much of it. */
  hold(frame: DocumentFrame): boolean {
    if (this.#held.length >= maxHeldFrames || this.#heldBytes + frame.update.length > maxHeldBytes)
      return false;
    this.#held.push({ ...frame, update: kept(frame.update) });
    if (!this.#open.includes(frame.number)) this.#open.push(frame.number);
    this.#heldBytes += frame.update.length;
    return true;
  }

  /**
   * Notes that a frame was not taken, or that all was lost that is not acknowledged: the client's next state
   * brings it again. What rests on it waits for that, and until then nothing behind it counts. An answer to what
   * was asked before leaves out what the document had then, and may have lost since: it is not enough.
   */
  lose(from: number = this.#told + 1): void {
    this.#lost = Math.min(this.#lost ?? from, from);
    this.#hasOffered = false;
    this.#fresh = this.#asked + 1;
  }

  /** Whether a frame brings all that the client has. */
  isOffer({ isStep2, answers }: DocumentFrame): boolean {
    return isStep2 && answers >= this.#fresh;
  }

  /** Notes that a frame has been dealt with. Returns the held frames that may now be tried again. */
  done(frame: DocumentFrame): readonly DocumentFrame[] {
    this.#done = Math.max(this.#done, frame.number);
    if (this.#open.length > 0) this.#open = this.#open.filter((number) => number !== frame.number);
    if (!this.isOffer(frame)) return [];
    this.#hasOffered = true;
    this.#lost = null;
    const released = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return released;
  }

  /** How many frames, from the first without a gap, are done: null where the client knows already. */
  news(): number | null {
    const [firstOpen = Infinity] = this.#open;
    const open = Math.min(firstOpen, this.#lost ?? Infinity);
    const through = Math.min(open - 1, this.#done);
    if (through <= this.#told) return null;
    this.#told = through;
    return through;
  }
}
