import type { FrameLetter } from './batch.ts';
import type { Connection } from './connection.ts';
import { parkedAtOnce } from './tuning.ts';

/**
 * Updates that came in before their senders were in debt, and are judged when that is paid for. It is at most what
 * came in by then: nothing more enters from whoever is in debt.
 */
export class Parked {
  readonly #of = new Map<Connection, FrameLetter[]>();

  /** Whether a sender has something here: what comes from it later goes behind that. */
  has(sender: Connection): boolean {
    return this.#of.has(sender);
  }

  /** Puts a letter behind those of the same sender. */
  add(letter: FrameLetter): void {
    const own = this.#of.get(letter.from);
    if (own) own.push(letter);
    else this.#of.set(letter.from, [letter]);
  }

  /** Puts letters back that were taken: before those of the same sender that stayed here. */
  putBack(letters: readonly FrameLetter[]): void {
    const bySender = new Map<Connection, FrameLetter[]>();
    for (const letter of letters) {
      const own = bySender.get(letter.from);
      if (own) own.push(letter);
      else bySender.set(letter.from, [letter]);
    }
    for (const [sender, own] of bySender) this.#of.set(sender, [...own, ...(this.#of.get(sender) ?? [])]);
  }

  /** Takes a few letters of each sender that owes nothing now. */
  takeDue(): FrameLetter[] {
    const due: FrameLetter[] = [];
    for (const [sender, own] of this.#of) {
      if (sender.owes > 0) continue;
      due.push(...own.splice(0, parkedAtOnce));
      if (own.length === 0) this.#of.delete(sender);
    }
    return due;
  }

  /** After how many milliseconds some of them may be judged; null where there are none. */
  get waitMs(): number | null {
    let least: number | null = null;
    for (const sender of this.#of.keys()) least = Math.min(least ?? Infinity, sender.owes);
    return least;
  }

  clear(): void {
    this.#of.clear();
  }
}
