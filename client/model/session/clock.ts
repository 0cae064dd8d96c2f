import { onWake } from '../sync/wake.ts';

/** One request for the server's time. `sentAt` and `receivedAt` are of `performance.now()`, `server` since 1970. */
export interface ClockSample {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly server: number;
}

/** Requests per measurement. */
const samples = 3;
const againMs = 10 * 60_000;
/** Wait after a measurement in which no request was answered. */
const retryMs = 5_000;

/**
 * The server's clock as this page knows it: an offset to `performance.now()`, which no person can set. The offset comes
 * from the fastest of three requests, and is measured again every 10 minutes and after sleep, because
 * `performance.now()` stops while some machines sleep. Until the first measurement, and after sleep, it comes from the
 * frames of the server, which are late by half a round trip.
 */
export class ServerClock {
  readonly #ask: () => Promise<number | null>;
  readonly #changed: () => void;
  readonly #stopWaking: () => void;
  #offset: number | null = null;
  #isMeasured = false;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param ask asks the server for its time, in milliseconds since 1970; null if it did not answer
   * @param changed called when the offset has changed
   */
  constructor(ask: () => Promise<number | null>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
    this.#stopWaking = onWake(() => {
      this.#isMeasured = false;
      void this.measure();
    });
  }

  /** The server's time, in milliseconds since 1970; null until the server has told it once. */
  now(): number | null {
    return this.#offset === null ? null : performance.now() + this.#offset;
  }

  /** The server's time in a frame that has just arrived. Counts until a measurement. */
  receive(server: number): void {
    if (!this.#isMeasured) this.#set(server - performance.now());
  }

  /** Measures the offset now, and again every 10 minutes. */
  async measure(): Promise<void> {
    clearTimeout(this.#timer);
    const taken: ClockSample[] = [];
    for (let i = 0; i < samples; i++) {
      const sentAt = performance.now();
      const server = await this.#ask();
      if (this.#isClosed) return;
      if (server !== null) taken.push({ sentAt, receivedAt: performance.now(), server });
    }
    const offset = offsetOf(taken);
    if (offset !== null) {
      this.#isMeasured = true;
      this.#set(offset);
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.measure(), offset === null ? retryMs : againMs);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stopWaking();
  }

  #set(offset: number): void {
    this.#offset = offset;
    this.#changed();
  }
}

/**
 * The offset of the server's clock to `performance.now()`, by the fastest sample: server time minus the middle of the
 * request. Null without samples. Never clamped: it may have either sign.
 */
export function offsetOf(taken: readonly ClockSample[]): number | null {
  const way = ({ sentAt, receivedAt }: ClockSample) => receivedAt - sentAt;
  const [best] = taken.toSorted((a, b) => way(a) - way(b));
  return best ? best.server - (best.sentAt + best.receivedAt) / 2 : null;
}
