import { beatMs, leastBytesPerSecond } from '../limits.ts';

/** The sender of a large message. */
export interface Sender {
  /** There is memory for more of it. */
  granted(): void;
  /** It is too slow, and others wait. */
  tooSlow(): void;
}

interface Message {
  bytes: number;
  /** Bytes received by the last heartbeat; null before the first one. */
  before: number | null;
  isWaiting: boolean;
  /** True if it is complete. */
  isIn: boolean;
}

/**
 * The memory for messages above the usual frame size, shared by all sockets. When it is full, later messages are not
 * read until others are done. The first one always is, so that all of them finish.
 */
export class LargeMessages {
  readonly #most: number;
  #bytes = 0;
  /** In the order in which they began. */
  readonly #messages = new Map<Sender, Message>();

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  begins(by: Sender): void {
    this.#messages.set(by, { bytes: 0, before: null, isWaiting: false, isIn: false });
  }

  passes(by: Sender, bytes: number): void {
    const message = this.#messages.get(by);
    if (!message) return;
    message.bytes += bytes;
    this.#bytes += bytes;
  }

  /** True if there is memory for more of it. If not, `granted` is called when there is. */
  mayGrow(by: Sender): boolean {
    const message = this.#messages.get(by);
    const [first] = this.#messages.keys();
    if (!message || by === first || this.#bytes < this.#most) return true;
    message.isWaiting = true;
    return false;
  }

  /** It is complete, but uses memory until it has been processed. */
  isIn(by: Sender): void {
    const message = this.#messages.get(by);
    if (message) message.isIn = true;
  }

  /** It has been processed, or will never be complete. */
  ends(by: Sender): void {
    this.#bytes -= this.#messages.get(by)?.bytes ?? 0;
    this.#messages.delete(by);
    for (const [sender, message] of [...this.#messages]) {
      if (!message.isWaiting) continue;
      message.isWaiting = false;
      // Each sender checks again whether there is room.
      sender.granted();
    }
  }

  /** The heartbeat: while others wait, messages that arrive too slowly are dropped. */
  beat(): void {
    const messages = [...this.#messages];
    const isSlow = ({ bytes, before, isWaiting, isIn }: Message) =>
      !isWaiting && !isIn && before !== null && bytes - before < (leastBytesPerSecond * beatMs) / 1_000;
    const doesWait = messages.some(([, { isWaiting }]) => isWaiting);
    const slow = doesWait ? messages.filter(([, message]) => isSlow(message)) : [];
    for (const [, message] of messages) message.before = message.bytes;
    for (const [sender] of slow) sender.tooSlow();
  }
}
