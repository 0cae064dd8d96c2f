import type { StoredDocument } from '../store/contract.ts';
import { FullState } from './full-state.ts';
import { Fullness } from './fullness.ts';
import type { UpkeepOptions } from './upkeep.ts';
import { Upkeep } from './upkeep.ts';

/** What is on disk of a room's document, as the room knows it, and what is to be done about it. */
export class Stored {
  readonly full: FullState;
  /** Of the board; rises when it is put back to an old version. */
  readonly generation: number;
  readonly fullness: Fullness;
  readonly upkeep: Upkeep;

  constructor(
    room: string,
    stored: StoredDocument,
    generation: number,
    around: UpkeepOptions & { readonly maxDocumentBytes: number },
  ) {
    this.full = new FullState(stored);
    this.generation = generation;
    this.fullness = new Fullness(around.maxDocumentBytes);
    this.fullness.note(this.full.bytes);
    this.upkeep = new Upkeep(room, this.full, around);
  }

  /**
   * Takes in an update that is on disk by now; `isEdit` where people made any of it.
   * @returns how full the document is in percent, where that is news for people
   */
  add(update: Uint8Array, sequence: number, isEdit: boolean): number | null {
    this.full.add(update, sequence);
    this.upkeep.committed(isEdit);
    return this.fullness.note(this.full.bytes);
  }
}
