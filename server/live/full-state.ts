import * as Y from 'yjs';
import type { Checkpoint, StoredDocument } from '../store/contract.ts';
import type { Packet } from './packets.ts';
import { step2Packet, updatePacket } from './packets.ts';
import { mergeTailAt } from './tuning.ts';

/** An update that came after the snapshot, and the sequence of its record. */
interface Later {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** What Yjs writes for a document in which nothing ever happened. */
const nothing = new Uint8Array([0, 0]);

/**
 * All that is on disk of a document, as bytes: the snapshot, framed once for everyone who joins, and the
 * updates since. So nobody encodes the document for a join, and a board is on the wire before it is even
 * a document. The store merges the two from time to time, in a thread apart.
 */
export class FullState {
  #base: Packet;
  #baseBytes: number;
  #later: Later[];
  #laterBytes: number;
  /** The updates since the snapshot as packets, as far as they are made. */
  #packets: Packet[] = [];
  #packed = 0;

  constructor({ snapshot, updates, sequence }: StoredDocument) {
    this.#base = step2Packet(snapshot ?? nothing);
    this.#baseBytes = snapshot?.length ?? 0;
    this.#later = updates.map((bytes) => ({ sequence, bytes }));
    this.#laterBytes = updates.reduce((sum, update) => sum + update.length, 0);
  }

  /** About the size of the document as one update: less, once the two are merged. */
  get bytes(): number {
    return this.#baseBytes + this.#laterBytes;
  }

  /** How many updates the snapshot has not. */
  get updatesSince(): number {
    return this.#later.length;
  }

  /** Takes in an update that is on disk by now. */
  add(bytes: Uint8Array, sequence: number): void {
    this.#later.push({ sequence, bytes });
    this.#laterBytes += bytes.length;
  }

  /** Takes a merged state, which has all records up to its sequence. */
  rebase({ state, sequence }: Checkpoint): void {
    this.#base = step2Packet(state);
    this.#baseBytes = state.length;
    this.#later = this.#later.filter((update) => update.sequence > sequence);
    this.#laterBytes = this.#later.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#packets = [];
    this.#packed = 0;
  }

  /** What brings an empty document here, in this order; shared by all who ask. */
  packets(): readonly Packet[] {
    if (this.#later.length - this.#packed >= mergeTailAt) {
      this.#packets = [updatePacket(Y.mergeUpdates(this.#later.map(({ bytes }) => bytes)))];
      this.#packed = this.#later.length;
    }
    for (; this.#packed < this.#later.length; this.#packed++) {
      const update = this.#later[this.#packed];
      if (update) this.#packets.push(updatePacket(update.bytes));
    }
    return [this.#base, ...this.#packets];
  }
}
