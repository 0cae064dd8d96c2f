import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Line } from './line.ts';
import type { Packet } from './packets.ts';
import type { Counters } from '../counters.ts';
import type { Unread } from './unread.ts';
import { cutOffBytes, cutOffMs, leastReadBytesPerMs, maxUnreadBytes, skipPresenceBytes } from '../limits.ts';

/** The owner of a writer: its connection. */
export interface Reader {
  /** It was behind and has read everything sent to it. `stateVector`: the state that it has. */
  caughtUp(stateVector: Uint8Array): void;
  /** It has too much unread and must be closed. */
  tooSlow(): void;
}

/**
 * Sends to one socket, and tracks how far its reader is behind. Packets are written unchanged to the stream below the
 * WebSocket, one write each. `ws` never buffers a frame, because there is no compression, so the two do not write into
 * each other's frames.
 */
export class SocketWriter {
  /** True if the reader was too slow for presence and must get all of it. */
  missedPresence = false;
  /** True if it waits for the state. The answer will include what happens meanwhile. */
  isAsking = false;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #reader: Reader;
  #isClosed = false;
  #lastSent: number;
  /** Since when it gets no updates because it does not read; null if it keeps up. */
  #behindSince: number | null = null;
  /** Callbacks for when the answers made only for this reader have been read. */
  readonly #unread: (() => void)[] = [];
  /** The size of the largest unread answer, and the time by which it must be read. */
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

  /** The time of the last write, on the clock. */
  get lastSent(): number {
    return this.#lastSent;
  }

  /** Bytes sent, not read, and not taken by the system. */
  get unreadBytes(): number {
    return this.#stream.writableLength;
  }

  get isBehind(): boolean {
    return this.#behindSince !== null;
  }

  /**
   * True if live updates should be sent now. A reader that is behind or waiting for the state catches up in one message
   * later.
   */
  get takesUpdates(): boolean {
    return this.#behindSince === null && !this.isAsking;
  }

  get takesPresence(): boolean {
    return this.unreadBytes <= skipPresenceBytes;
  }

  /** Writes a packet of `frames` frames, unchanged. */
  send(packet: Packet, frames = 1): void {
    if (this.#isClosed || this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.unreadBytes > cutOffBytes + this.#answerBytes) return this.#reader.tooSlow();
    this.#counters.framesOut += frames;
    this.#counters.bytesOut += packet.length;
    this.#lastSent = this.#clock.now();
    this.#stream.write(packet);
  }

  /**
   * Answers with the state, in one write. One answer, however large, is no reason to close a reader. `unread`: counts
   * it until it is read, if it was made only for this reader.
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

  /** One pair of listeners for all: a client that keeps asking and reads nothing would add one each time. */
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

  /** Runs `write`, and sends all its packets in one write. */
  together(write: () => void): void {
    this.#stream.cork();
    write();
    this.#stream.uncork();
  }

  /** Called after an update. A reader with too much unread gets no more updates until it has read everything. */
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

  /** True if it has been behind too long and must be closed. */
  isStuck(now: number): boolean {
    const isBehind = this.#behindSince !== null && now - this.#behindSince >= cutOffMs;
    return isBehind || now >= this.#answerDueAt;
  }

  /** Sends nothing from now on. */
  close(): void {
    this.#isClosed = true;
  }
}
