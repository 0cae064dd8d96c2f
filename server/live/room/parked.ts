import type { Connection } from '../socket/connection.ts';
import type { PendingFrame } from './pending-changes.ts';
import { onItsOwn } from './pending-changes.ts';

/**
 * Updates that arrived before their senders were in debt, and are judged when the debt is paid. Their number is
 * limited, because nothing more is read from a sender in debt.
 */
export class Parked {
  readonly #of = new Map<Connection, PendingFrame[]>();

  /** True if updates of this sender are parked. Later updates of the sender must then queue behind them. */
  has(sender: Connection): boolean {
    return this.#of.has(sender);
  }

  /** Adds an update behind those of the same sender. */
  add(change: PendingFrame): void {
    const own = this.#of.get(change.from);
    if (own) own.push(onItsOwn(change));
    else this.#of.set(change.from, [onItsOwn(change)]);
  }

  /** Removes and returns the updates of each sender that owes nothing now. */
  takeDue(): PendingFrame[] {
    const due: PendingFrame[] = [];
    for (const [sender, own] of this.#of) {
      if (sender.owes > 0) continue;
      due.push(...own);
      this.#of.delete(sender);
    }
    return due;
  }

  /** Milliseconds until some updates may be judged; null if there are none. */
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
