import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** One file of the journal. */
export interface Segment {
  readonly number: number;
  readonly path: string;
  bytes: number;
  /** The rooms that still need this segment, with the sequence of their last record in it. */
  readonly last: Map<string, number>;
}

export interface SegmentHeader {
  /** The journal's id, 16 hexadecimal digits: sequences of two journals cannot be compared. */
  readonly journal: string;
  /** No record in this segment or a later one has a smaller sequence. */
  readonly firstSequence: number;
}

const magic = Buffer.from('RESAJNL', 'latin1');
const version = 0x32;
export const headerBytes = 28;

/** Magic and version (8), journal (8), first sequence (u64), checksum of these (u32). */
export function encodeHeader(header: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(headerBytes);
  magic.copy(bytes, 0);
  bytes.writeUInt8(version, 7);
  bytes.write(header.journal, 8, 8, 'hex');
  bytes.writeBigUInt64LE(BigInt(header.firstSequence), 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 24)), 24);
  return bytes;
}

/** Null if the header is damaged. Throws for an intact header of another version, which cannot be repaired here. */
export function decodeHeader(content: Uint8Array): SegmentHeader | null {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.byteLength < headerBytes || !bytes.subarray(0, 7).equals(magic)) return null;
  if (bytes.readUInt32LE(24) !== crc32(bytes.subarray(0, 24))) return null;
  if (bytes.readUInt8(7) !== version)
    throw new Error('The journal was written by another version of this program.');
  return { journal: bytes.toString('hex', 8, 16), firstSequence: Number(bytes.readBigUInt64LE(16)) };
}

export function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(8, '0')}.log`);
}

/** The number of a segment file; null for other files. */
export function segmentNumber(name: string): number | null {
  const digits = /^(\d{8,15})\.log$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}
