import type { Owners } from './owners.ts';
import type { JournalRecord } from './record.ts';

type PendingUpdate = Pick<JournalRecord, 'sequence' | 'update' | 'owners'>[];

/** The updates of each room that are in the journal and in no snapshot yet, in memory. */
export class PendingUpdates {
  readonly #tails = new Map<string, PendingUpdate>();

  add(record: JournalRecord): void {
    const tail = this.#tails.get(record.room);
    const { sequence, update, owners } = record;
    const entry = { sequence, update, owners };
    if (tail) tail.push(entry);
    else this.#tails.set(record.room, [entry]);
  }

  updates(room: string): readonly Uint8Array[] {
    return this.#tails.get(room)?.map(({ update }) => update) ?? [];
  }

  owners(room: string): Owners {
    return new Map(this.#tails.get(room)?.flatMap(({ owners }) => [...owners]));
  }

  /** The rooms of a board that have such updates. */
  rooms(board: string): readonly string[] {
    return [...this.#tails.keys()].filter((room) => room.startsWith(`${board}/`));
  }

  /** Removes the updates that a snapshot has. */
  release(room: string, upTo: number): void {
    const tail = this.#tails.get(room);
    if (!tail) return;
    const kept = tail.findIndex(({ sequence }) => sequence > upTo);
    if (kept === -1) this.#tails.delete(room);
    else tail.splice(0, kept);
  }
}
