import * as Y from 'yjs';
import type { Checkpoint, StoredDocument } from '../../store/contract.ts';
import type { Packet } from '../socket/packets.ts';
import { joined, step2Packet, updatePacket } from '../socket/packets.ts';
import { bytesInChunk, updatesInChunk } from '../limits.ts';

/** An update that came after the snapshot, and the sequence of its record. */
interface Later {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** What Yjs writes for a document in which nothing ever happened. */
const emptyUpdate = new Uint8Array([0, 0]);

/** A packet that holds some of the updates. */
interface Chunk {
  readonly packet: Packet;
  readonly updates: number;
}

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
  /** The first of the updates since the snapshot, merged in groups: none is merged for each who joins. */
  #chunks: Chunk[] = [];
  #packets: readonly Packet[] | null = null;

  constructor({ snapshot, updates, sequence }: StoredDocument) {
    this.#snapshot = snapshot && step2Packet(snapshot);
    this.#snapshotBytes = snapshot?.length ?? 0;
    this.#later = updates.map((bytes) => ({ sequence, bytes }));
    this.#laterBytes = updates.reduce((sum, update) => sum + update.length, 0);
  }

  /** The size of the document as one update, or more: what came since the snapshot is smaller once merged. */
  get bytes(): number {
    return this.#snapshotBytes + this.#laterBytes;
  }

  /** Of these, what is not merged yet. */
  get bytesSince(): number {
    return this.#laterBytes;
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
    this.#chunks = [];
    this.#packets = null;
  }

  /**
   * What brings an empty document here, the same packets for all who ask. The step 2 comes last: who hears it
   * has everything. What came after the snapshot goes before it, as updates that wait for the rest.
   */
  packets(): readonly Packet[] {
    if (this.#packets) return this.#packets;
    if (this.#snapshot) this.#packets = [...this.#laterPackets(), this.#snapshot];
    else this.#packets = [step2Packet(this.#later.length > 0 ? merged(this.#later) : emptyUpdate)];
    return this.#packets;
  }

  /** Full groups are merged once and kept; what is behind them is little, and goes as it is, in one piece. */
  #laterPackets(): readonly Packet[] {
    let from = this.#chunks.reduce((sum, { updates }) => sum + updates, 0);
    for (let group = this.#groupAt(from); group; group = this.#groupAt(from)) {
      this.#chunks.push({ packet: updatePacket(merged(group)), updates: group.length });
      from += group.length;
    }
    const rest = this.#later.slice(from).map(({ bytes }) => updatePacket(bytes));
    return [...this.#chunks.map(({ packet }) => packet), ...(rest.length > 0 ? [joined(rest)] : [])];
  }

  /** As many updates as make a group; null where there are not so many. Large ones are not worth merging. */
  #groupAt(from: number): readonly Later[] | null {
    let bytes = 0;
    for (let to = from; to < this.#later.length; to++) {
      bytes += this.#later[to]?.bytes.length ?? 0;
      if (bytes >= bytesInChunk && to > from) return this.#later.slice(from, to);
      if (bytes >= bytesInChunk || to - from + 1 >= updatesInChunk) return this.#later.slice(from, to + 1);
    }
    return null;
  }
}

function merged(updates: readonly Later[]): Uint8Array {
  const [only] = updates;
  return updates.length === 1 && only ? only.bytes : Y.mergeUpdates(updates.map(({ bytes }) => bytes));
}
