import { beatMs, leastBytesPerSecond } from '../limits.ts';

/** Whoever has a large message on the way. */
export interface Sender {
  /** There is memory for more of it. */
  granted(): void;
  /** It comes in too slowly, and others wait. */
  tooSlow(): void;
}

interface Message {
  bytes: number;
  /** What had come in by the last look; null before the first one. */
  before: number | null;
  isWaiting: boolean;
  /** Whether all of it is in. */
  isIn: boolean;
}

/**
 * The memory for messages that are larger than a frame usually is, shared by all sockets. When it is used up, those
 * that began later are not read until others are done. The first one always is, so that all come to their end.
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

  /** Whether there is memory for more of it; if not, its sender is told when there is. */
  mayGrow(by: Sender): boolean {
    const message = this.#messages.get(by);
    const [first] = this.#messages.keys();
    if (!message || by === first || this.#bytes < this.#most) return true;
    message.isWaiting = true;
    return false;
  }

  /** All of it is in; it takes memory until it has been dealt with. */
  isIn(by: Sender): void {
    const message = this.#messages.get(by);
    if (message) message.isIn = true;
  }

  /** It is in and has been dealt with, or will never come. */
  ends(by: Sender): void {
    this.#bytes -= this.#messages.get(by)?.bytes ?? 0;
    this.#messages.delete(by);
    for (const [sender, message] of [...this.#messages]) {
      if (!message.isWaiting) continue;
      message.isWaiting = false;
      // Each looks for itself whether there is room.
      sender.granted();
    }
  }

  /** Called at each beat: whoever comes in too slowly makes room for those who wait. */
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
