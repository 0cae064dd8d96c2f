import type { JournalRecord } from './record.ts';

type Tail = { readonly sequence: number; readonly update: Uint8Array }[];

/** The updates of each room that no snapshot holds yet, in memory as they are in the journal. */
export class RoomTails {
  readonly #tails = new Map<string, Tail>();

  add(record: JournalRecord): void {
    const tail = this.#tails.get(record.room);
    const update = { sequence: record.sequence, update: record.update };
    if (tail) tail.push(update);
    else this.#tails.set(record.room, [update]);
  }

  updates(room: string): readonly Uint8Array[] {
    return this.#tails.get(room)?.map(({ update }) => update) ?? [];
  }

  /** Lets go of the updates that a snapshot holds. */
  release(room: string, upTo: number): void {
    const tail = this.#tails.get(room);
    if (!tail) return;
    const kept = tail.findIndex(({ sequence }) => sequence > upTo);
    if (kept === -1) this.#tails.delete(room);
    else tail.splice(0, kept);
  }
}
