import { fullnessFrom, fullnessStep } from '../limits.ts';

/** How full a document is, relative to its maximum size. The room announces it from 70 % on, in steps of 5 %. */
export class Fullness {
  readonly #mostBytes: number;
  #percent = 0;
  /** Bytes added since the size was noted, as the guard estimates them. */
  #grown = 0;
  #told: number | null = null;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** True if nothing more fits. */
  get isReached(): boolean {
    return this.#percent >= 100;
  }

  /** True if this share of the maximum size is reached, unmerged additions included. */
  fills(share: number): boolean {
    return this.#percent / 100 + this.#grown / this.#mostBytes >= share;
  }

  grow(bytes: number): void {
    this.#grown += bytes;
  }

  /** The percentage that was announced last; null if none was. */
  get told(): number | null {
    return this.#told;
  }

  /**
   * Notes the size. Returns the percentage to announce, or null if there is nothing new to announce.
   * @param uncommitted bytes added that are not in that size
   */
  note(bytes: number, uncommitted = 0): number | null {
    const news = this.#newsAt(bytes);
    this.#percent = (bytes / this.#mostBytes) * 100;
    this.#grown = uncommitted;
    if (news !== null) this.#told = news;
    return news;
  }

  /** True if people would be told something at this size. */
  wouldTell(bytes: number): boolean {
    return this.#newsAt(bytes) !== null;
  }

  /** The size shrinks a little at each merge, so only a higher percentage than before is news. */
  #newsAt(bytes: number): number | null {
    const percent = (bytes / this.#mostBytes) * 100;
    const step = Math.min(100, Math.floor(percent / fullnessStep) * fullnessStep);
    return step >= fullnessFrom && step > (this.#told ?? 0) ? step : null;
  }
}
