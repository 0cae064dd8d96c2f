import * as Y from 'yjs';
import type { Checkpoint, StoredDocument } from '../../store/contract.ts';
import type { Packet } from '../socket/packets.ts';
import { joined, step2Packet, updatePacket } from '../socket/packets.ts';
import { bytesInChunk, updatesInChunk } from '../limits.ts';

/** An update after the snapshot, and the sequence of its journal record. */
interface Later {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** The Yjs update of an empty document. */
const emptyUpdate = new Uint8Array([0, 0]);

/** A packet with some of the updates, merged. */
interface Chunk {
  readonly packet: Packet;
  readonly updates: number;
}

/**
 * The stored state of a document, as bytes: the snapshot, framed once for everyone who joins, and the updates since.
 * So a join never encodes the document, and can be answered before the document is in memory. The store merges
 * snapshot and updates from time to time, in a separate thread.
 */
export class FullState {
  #snapshot: Packet | null;
  #snapshotBytes: number;
  #later: Later[];
  #laterBytes: number;
  /** The first updates since the snapshot, merged in groups, so that a join merges nothing. */
  #chunks: Chunk[] = [];
  #packets: readonly Packet[] | null = null;

  constructor({ snapshot, updates, sequence }: StoredDocument) {
    this.#snapshot = snapshot && step2Packet(snapshot);
    this.#snapshotBytes = snapshot?.length ?? 0;
    this.#later = updates.map((bytes) => ({ sequence, bytes }));
    this.#laterBytes = updates.reduce((sum, update) => sum + update.length, 0);
  }

  /** The size of the document as one update, in bytes. An upper bound, because updates shrink when they are merged. */
  get bytes(): number {
    return this.#snapshotBytes + this.#laterBytes;
  }

  /** The part of `bytes` that is not merged yet. */
  get bytesSince(): number {
    return this.#laterBytes;
  }

  /** The number of updates since the snapshot. */
  get updatesSince(): number {
    return this.#later.length;
  }

  /** Adds an update that is on disk. */
  add(bytes: Uint8Array, sequence: number): void {
    this.#later.push({ sequence, bytes });
    this.#laterBytes += bytes.length;
    this.#packets = null;
  }

  /** Replaces the snapshot by a merged state, which includes all records up to its sequence. */
  rebase({ state, sequence }: Checkpoint): void {
    this.#snapshot = step2Packet(state);
    this.#snapshotBytes = state.length;
    this.#later = this.#later.filter((update) => update.sequence > sequence);
    this.#laterBytes = this.#later.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#chunks = [];
    this.#packets = null;
  }

  /**
   * The packets that bring an empty document to this state, the same for everyone. The step 2 comes last, so that a
   * client that receives it has everything. The updates since the snapshot come before it, and wait in the client for
   * it.
   */
  packets(): readonly Packet[] {
    if (this.#packets) return this.#packets;
    if (this.#snapshot) this.#packets = [...this.#laterPackets(), this.#snapshot];
    else this.#packets = [step2Packet(this.#later.length > 0 ? merged(this.#later) : emptyUpdate)];
    return this.#packets;
  }

  /** Full groups are merged once and kept. The few updates behind them are sent unmerged, in one packet. */
  #laterPackets(): readonly Packet[] {
    let from = this.#chunks.reduce((sum, { updates }) => sum + updates, 0);
    for (let group = this.#groupAt(from); group; group = this.#groupAt(from)) {
      this.#chunks.push({ packet: updatePacket(merged(group)), updates: group.length });
      from += group.length;
    }
    const rest = this.#later.slice(from).map(({ bytes }) => updatePacket(bytes));
    return [...this.#chunks.map(({ packet }) => packet), ...(rest.length > 0 ? [joined(rest)] : [])];
  }

  /** The next full group of updates; null if there are too few. Large updates are not worth merging. */
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
