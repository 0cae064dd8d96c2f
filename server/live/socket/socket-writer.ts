import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Line } from './line.ts';
import type { Packet } from './packets.ts';
import type { Counters } from '../counters.ts';
import type { Unread } from './unread.ts';
import { cutOffBytes, cutOffMs, leastReadBytesPerMs, maxUnreadBytes, skipPresenceBytes } from '../limits.ts';

/** Whoever has an outlet: its connection. */
export interface Reader {
  /** It had fallen behind and has read all that was sent; it still has the state of this vector. */
  caughtUp(stateVector: Uint8Array): void;
  /** So much is unread that it is to be cut off. */
  tooSlow(): void;
}

/**
 * What goes out to one socket, and how far its reader is behind. Packets are written to the stream under the
 * WebSocket as they are, one write each. `ws` holds none back (there is no compression), so the two never write
 * into each other's frames.
 */
export class SocketWriter {
  /** Whether a reader so slow that it was not sent presence has to be told all of it. */
  missedPresence = false;
  /** Whether it has asked for the state and not been answered: the answer will hold what happens meanwhile. */
  isAsking = false;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #reader: Reader;
  #isClosed = false;
  #lastSent: number;
  /** Since when it has been sent no updates, because it does not read. */
  #behindSince: number | null = null;
  /** What is to be called when the answers that were made for this reader alone have been read. */
  readonly #unread: (() => void)[] = [];
  /** The largest answer of those that are unread, and when they have to be read. */
  #answerBytes = 0;
  #answerDueAt = Infinity;

  constructor(
    { socket, stream }: Line,
    { clock, counters }: { clock: Clock; counters: Counters },
    reader: Reader,
  ) {
    this.#socket = socket;
    this.#stream = stream;
    this.#clock = clock;
    this.#counters = counters;
    this.#reader = reader;
    this.#lastSent = clock.now();
  }

  /** When anything was sent last, on the clock. */
  get lastSent(): number {
    return this.#lastSent;
  }

  /** Bytes that have been sent and not read, as far as the system has not taken them. */
  get unreadBytes(): number {
    return this.#stream.writableLength;
  }

  get isBehind(): boolean {
    return this.#behindSince !== null;
  }

  /** Whether it is to be sent what just happened: all else learns of it in one piece later. */
  get takesUpdates(): boolean {
    return this.#behindSince === null && !this.isAsking;
  }

  get takesPresence(): boolean {
    return this.unreadBytes <= skipPresenceBytes;
  }

  /** Writes a packet of so many frames, as it is. */
  send(packet: Packet, frames = 1): void {
    if (this.#isClosed || this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.unreadBytes > cutOffBytes + this.#answerBytes) return this.#reader.tooSlow();
    this.#counters.framesOut += frames;
    this.#counters.bytesOut += packet.length;
    this.#lastSent = this.#clock.now();
    this.#stream.write(packet);
  }

  /**
   * Answers with the state, in one write. However large it is, one answer is not what a reader is cut off for.
   * `unread`: where it counts until it is read, if it was made for this reader alone.
   */
  answer(packets: readonly Packet[], unread: Unread | null = null): void {
    this.isAsking = false;
    const bytes = packets.reduce((sum, packet) => sum + packet.length, 0);
    const isFirst = this.#answerBytes === 0;
    const isLarge = bytes > skipPresenceBytes;
    if (isLarge) this.#answerBytes = Math.max(this.#answerBytes, bytes);
    this.together(() => packets.forEach((packet) => this.send(packet)));
    if (!isLarge) return;
    if (unread) this.#countUnread(unread, bytes);
    if (!isFirst) return;
    this.#answerDueAt = this.#clock.now() + cutOffMs + bytes / leastReadBytesPerMs;
    const read = () => {
      this.#answerBytes = 0;
      this.#answerDueAt = Infinity;
    };
    if (this.#stream.writableNeedDrain) this.#stream.once('drain', read);
    else read();
  }

  /** One pair of listeners for all of them: whoever asks again and again and reads nothing would add one each time. */
  #countUnread(unread: Unread, bytes: number): void {
    const stream = this.#stream;
    if (!stream.writableNeedDrain) return;
    this.#unread.push(unread.add(bytes));
    if (this.#unread.length > 1) return;
    const end = () => {
      stream.off('drain', end).off('close', end);
      for (const read of this.#unread.splice(0)) read();
    };
    stream.once('drain', end).once('close', end);
  }

  /** Runs `write`; all that it sends goes out in one write. */
  together(write: () => void): void {
    this.#stream.cork();
    write();
    this.#stream.uncork();
  }

  /** After an update: a reader that has too much unread is sent no more until it has read all of it. */
  checkPace(stateVector: () => Uint8Array): void {
    if (this.isBehind || this.unreadBytes <= maxUnreadBytes) return;
    this.#counters.readersBehind++;
    this.#behindSince = this.#clock.now();
    const had = stateVector();
    this.#stream.once('drain', () => {
      this.#behindSince = null;
      if (!this.#isClosed) this.#reader.caughtUp(had);
    });
  }

  /** Whether it has been behind for so long that it is to be cut off. */
  isStuck(now: number): boolean {
    const isBehind = this.#behindSince !== null && now - this.#behindSince >= cutOffMs;
    return isBehind || now >= this.#answerDueAt;
  }

  /** Sends nothing from now on. */
  close(): void {
    this.#isClosed = true;
  }
}
