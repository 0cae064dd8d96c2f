import type { RoomState } from '../contract.ts';

/** `absent`: there is no room; the next who joins gets a new one, from disk. */
export type RoomLife = RoomState | 'absent';

/**
 * What may follow what.
 * - `loading`: the document is read; who asks for its state is answered as soon as the bytes are there.
 * - `live`: people work.
 * - `draining`: nobody is in it; it is brought to disk, and leaves memory unless somebody comes.
 * - `failing`: the disk did not take a batch. The document is as the disk has it, and read-only until that heals.
 * - `quarantined`: what is stored does not fit together, or a newer release has written it. Nobody is let in until
 *   those who run the server have put it back to a version, or that release is back.
 */
const next: Readonly<Record<RoomLife, readonly RoomLife[]>> = {
  absent: [],
  loading: ['live', 'failing', 'quarantined', 'absent'],
  live: ['draining', 'failing', 'absent'],
  draining: ['live', 'failing', 'absent'],
  failing: ['live', 'absent'],
  quarantined: ['absent'],
};

/** The one place at which a room's state changes. */
export class RoomStateMachine {
  #now: RoomLife = 'loading';

  get now(): RoomLife {
    return this.#now;
  }

  /** @throws where the one cannot follow the other: a bug */
  become(life: RoomLife): void {
    if (!mayFollow(this.#now, life)) throw new Error(`a room that is ${this.#now} cannot become ${life}`);
    this.#now = life;
  }
}

export function mayFollow(before: RoomLife, after: RoomLife): boolean {
  return next[before].includes(after);
}
