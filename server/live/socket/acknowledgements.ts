import { kept } from '../kept.ts';
import { maxHeldBytes, maxHeldFrames } from '../limits.ts';

/** A document frame (sync step 2 or update) of a socket, numbered from 1 in the order received. */
export interface DocumentFrame {
  readonly number: number;
  readonly update: Uint8Array;
  readonly isStep2: boolean;
  /**
   * The number of the server's question that a step 2 answers, from 1: clients answer each, in order. 0 for an update.
   */
  readonly answers: number;
}

/** The document frames of a socket: which are held, and up to which all are done. */
export class Acknowledgements {
  #received = 0;
  #done = 0;
  #told = 0;
  #held: DocumentFrame[] = [];
  #heldBytes = 0;
  /** The numbers of held frames that are not done, in order. */
  #open: number[] = [];
  #hasOffered = false;
  /** The first frame that was not stored and must be sent again; null if there is none. */
  #lost: number | null = null;
  /** The server's requests (sync step 1), their answers, and the first request since everything was lost. */
  #asked = 0;
  #answered = 0;
  #fresh = 1;

  /** True if the client's own state (its first sync step 2) has been processed. */
  get hasOffered(): boolean {
    return this.#hasOffered;
  }

  /** True if the client has not answered a question of the server yet. */
  get expectsAnswer(): boolean {
    return this.#answered < this.#asked;
  }

  /** Notes a question for the client's state. */
  ask(): void {
    this.#asked++;
  }

  receive(update: Uint8Array, isStep2: boolean): DocumentFrame {
    return { number: ++this.#received, update, isStep2, answers: isStep2 ? ++this.#answered : 0 };
  }

  /** Holds a frame whose dependencies are still to come. Returns false if the limit is reached. */
  hold(frame: DocumentFrame): boolean {
    if (this.#held.length >= maxHeldFrames || this.#heldBytes + frame.update.length > maxHeldBytes)
      return false;
    this.#held.push({ ...frame, update: kept(frame.update) });
    if (!this.#open.includes(frame.number)) this.#open.push(frame.number);
    this.#heldBytes += frame.update.length;
    return true;
  }

  /**
   * Notes that a frame was not taken, or that everything unacknowledged was lost: the client's next state brings it
   * again. Frames that depend on it wait for that, and no later frame is acknowledged before. An answer to an earlier
   * question does not count: it omits what the document had then and may have lost since.
   */
  lose(from: number = this.#told + 1): void {
    this.#lost = Math.min(this.#lost ?? from, from);
    this.#hasOffered = false;
    this.#fresh = this.#asked + 1;
  }

  /** True if a frame brings everything that the client has. */
  isOffer({ isStep2, answers }: DocumentFrame): boolean {
    return isStep2 && answers >= this.#fresh;
  }

  /** Notes that a frame is done. Returns the held frames to try again. */
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

  /** How many frames are done without a gap from the first; null if the client knows already. */
  news(): number | null {
    const [firstOpen = Infinity] = this.#open;
    const open = Math.min(firstOpen, this.#lost ?? Infinity);
    const through = Math.min(open - 1, this.#done);
    if (through <= this.#told) return null;
    this.#told = through;
    return through;
  }
}
