import { crc32 } from 'node:zlib';

/** The full state of a document at one moment, as one Yjs update. */
export interface Snapshot {
  /** The journal whose count `sequence` belongs to: a folder that was copied here may come from another. */
  readonly journal: string;
  /** All records of the room up to this one are in the state. */
  readonly sequence: number;
  readonly state: Uint8Array;
}

const magic = Buffer.from('RESASNP1', 'latin1');
const headBytes = 32;

/** Magic (8), journal (8), sequence (u64), length (u32), checksum over all but itself (u32), state. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const bytes = Buffer.allocUnsafe(headBytes + snapshot.state.byteLength);
  magic.copy(bytes, 0);
  bytes.write(snapshot.journal, 8, 8, 'hex');
  bytes.writeBigUInt64LE(BigInt(snapshot.sequence), 16);
  bytes.writeUInt32LE(snapshot.state.byteLength, 24);
  bytes.set(snapshot.state, headBytes);
  bytes.writeUInt32LE(checksum(bytes), 28);
  return bytes;
}

/** Null where the bytes are no snapshot, or not all of one. */
export function decodeSnapshot(content: Uint8Array): Snapshot | null {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.byteLength < headBytes || !bytes.subarray(0, 8).equals(magic)) return null;
  if (bytes.readUInt32LE(24) !== bytes.byteLength - headBytes) return null;
  if (bytes.readUInt32LE(28) !== checksum(bytes)) return null;
  return {
    journal: bytes.toString('hex', 8, 16),
    sequence: Number(bytes.readBigUInt64LE(16)),
    state: new Uint8Array(content.buffer, content.byteOffset + headBytes, content.byteLength - headBytes),
  };
}

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(headBytes), crc32(bytes.subarray(0, 28)));
}
