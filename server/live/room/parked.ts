import type { Connection } from '../socket/connection.ts';
import type { PendingFrame } from './pending-changes.ts';
import { onItsOwn } from './pending-changes.ts';

/**
 * Updates that came in before their senders were in debt, and are judged when that is paid for. It is at most what
 * came in by then: nothing more enters from whoever is in debt.
 */
export class Parked {
  readonly #of = new Map<Connection, PendingFrame[]>();

  /** Whether a sender has something here: what comes from it later goes behind that. */
  has(sender: Connection): boolean {
    return this.#of.has(sender);
  }

  /** Puts a letter behind those of the same sender. */
  add(letter: PendingFrame): void {
    const own = this.#of.get(letter.from);
    if (own) own.push(onItsOwn(letter));
    else this.#of.set(letter.from, [onItsOwn(letter)]);
  }

  /** Takes the letters of each sender that owes nothing now. */
  takeDue(): PendingFrame[] {
    const due: PendingFrame[] = [];
    for (const [sender, own] of this.#of) {
      if (sender.owes > 0) continue;
      due.push(...own);
      this.#of.delete(sender);
    }
    return due;
  }

  /** After how many milliseconds some of them may be judged; null where there are none. */
  get waitMs(): number | null {
    let least: number | null = null;
    for (const sender of this.#of.keys()) least = Math.min(least ?? Infinity, sender.owes);
    return least;
  }

  takeAll(): PendingFrame[] {
    const all = [...this.#of.values()].flat();
    this.#of.clear();
    return all;
  }
}
