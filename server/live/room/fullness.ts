import { fullnessFrom, fullnessStep } from '../limits.ts';

/** How full a document is, of the size that it may have. People are told from 70 % on, at each 5 % more. */
export class Fullness {
  readonly #mostBytes: number;
  #percent = 0;
  /** What has been added since the size was noted, as the guard reckons it. */
  #grown = 0;
  #told: number | null = null;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Whether nothing more fits. */
  get isReached(): boolean {
    return this.#percent >= 100;
  }

  /** Whether so large a share of the size is reached, by all that has been added by now: not all is merged yet. */
  fills(share: number): boolean {
    return this.#percent / 100 + this.#grown / this.#mostBytes >= share;
  }

  grow(bytes: number): void {
    this.#grown += bytes;
  }

  /** What people were told last; null where there was nothing to tell. */
  get told(): number | null {
    return this.#told;
  }

  /**
   * Takes note of the size. Returns what people are to be told, or null where that is no news.
   * @param uncommitted what has been added and is not in that size
   */
  note(bytes: number, uncommitted = 0): number | null {
    const news = this.#newsAt(bytes);
    this.#percent = (bytes / this.#mostBytes) * 100;
    this.#grown = uncommitted;
    if (news !== null) this.#told = news;
    return news;
  }

  /** Whether people would be told something at this size. */
  wouldTell(bytes: number): boolean {
    return this.#newsAt(bytes) !== null;
  }

  /** It shrinks a little at each merge: only what is worse than before is told. */
  #newsAt(bytes: number): number | null {
    const percent = (bytes / this.#mostBytes) * 100;
    const step = Math.min(100, Math.floor(percent / fullnessStep) * fullnessStep);
    return step >= fullnessFrom && step > (this.#told ?? 0) ? step : null;
  }
}
