import * as Y from 'yjs';
import type { Checkpoint, StoredDocument } from '../store/contract.ts';
import type { Packet } from './packets.ts';
import { step2Packet, updatePacket } from './packets.ts';

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
  #snapshot: Packet | null;
  #snapshotBytes: number;
  #later: Later[];
  #laterBytes: number;
  /** The first so many of the updates since the snapshot, merged into one. */
  #merged: { readonly count: number; readonly update: Uint8Array } | null = null;
  #packets: readonly Packet[] | null = null;

  constructor({ snapshot, updates, sequence }: StoredDocument) {
    this.#snapshot = snapshot && step2Packet(snapshot);
    this.#snapshotBytes = snapshot?.length ?? 0;
    this.#later = updates.map((bytes) => ({ sequence, bytes }));
    this.#laterBytes = updates.reduce((sum, update) => sum + update.length, 0);
  }

  /** About the size of the document as one update: less, once the two are merged. */
  get bytes(): number {
    return this.#snapshotBytes + this.#laterBytes;
  }

  /** How many updates the snapshot has not. */
  get updatesSince(): number {
    return this.#later.length;
  }

  /** Takes in an update that is on disk by now. */
  add(bytes: Uint8Array, sequence: number): void {
    this.#later.push({ sequence, bytes });
    this.#laterBytes += bytes.length;
    this.#packets = null;
  }

  /** Takes a merged state, which has all records up to its sequence. */
  rebase({ state, sequence }: Checkpoint): void {
    this.#snapshot = step2Packet(state);
    this.#snapshotBytes = state.length;
    this.#later = this.#later.filter((update) => update.sequence > sequence);
    this.#laterBytes = this.#later.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#merged = this.#packets = null;
  }

  /**
   * What brings an empty document here, the same packets for all who ask. The step 2 comes last: who hears it
   * has everything. What came after the snapshot goes before it, as an update that waits for the rest.
   */
  packets(): readonly Packet[] {
    const later = this.#mergeLater();
    if (this.#snapshot) this.#packets ??= [...(later ? [updatePacket(later)] : []), this.#snapshot];
    else this.#packets ??= [step2Packet(later ?? nothing)];
    return this.#packets;
  }

  /** Merges what is new with what was merged before: each update is read a few times, not for each who joins. */
  #mergeLater(): Uint8Array | null {
    if (this.#later.length === 0) return null;
    const { count, update } = this.#merged ?? { count: 0, update: null };
    if (count === this.#later.length) return update;
    const parts = [...(update ? [update] : []), ...this.#later.slice(count).map(({ bytes }) => bytes)];
    const [only] = parts;
    const merged = parts.length === 1 && only ? only : Y.mergeUpdates(parts);
    this.#merged = { count: this.#later.length, update: merged };
    return merged;
  }
}
