import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { promisify } from 'node:util';
import { crc32, deflateRaw, inflateRaw } from 'node:zlib';
import type { Deflated } from '../../worker/jobs.ts';
import { deflateLevel } from '../../worker/jobs.ts';
import type { Owners } from './owners.ts';
import { readOwners, writeOwners } from './owners.ts';

/** The full state of a document at one moment, compressed. */
export interface Snapshot {
  /** The journal that `sequence` belongs to: a copied folder may come from another one. */
  readonly journal: string;
  /** The state includes all records of the room up to this one. */
  readonly sequence: number;
  readonly owners: Owners;
  /** The state as one Yjs update. */
  readonly state: Deflated;
}

const magic = Buffer.from('RESASNP2', 'latin1');
const headBytes = 36;

/**
 * Magic (8), journal (8), sequence (u64), size of the state (u32), length of the owners (u32), checksum of everything
 * but itself (u32), owners, state; docs/STORAGE.md has every byte.
 */
export function encodeSnapshot({ journal, sequence, owners, state }: Snapshot): Uint8Array {
  const whose = encoding.encode((encoder) => writeOwners(encoder, owners));
  const bytes = Buffer.allocUnsafe(headBytes + whose.byteLength + state.bytes.byteLength);
  magic.copy(bytes, 0);
  bytes.write(journal, 8, 8, 'hex');
  bytes.writeBigUInt64LE(BigInt(sequence), 16);
  bytes.writeUInt32LE(state.size, 24);
  bytes.writeUInt32LE(whose.byteLength, 28);
  bytes.set(whose, headBytes);
  bytes.set(state.bytes, headBytes + whose.byteLength);
  bytes.writeUInt32LE(checksum(bytes), 32);
  return bytes;
}

/** Null if the bytes are not a complete snapshot. */
export function decodeSnapshot(content: Uint8Array): Snapshot | null {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.byteLength < headBytes || !bytes.subarray(0, 8).equals(magic)) return null;
  if (bytes.readUInt32LE(32) !== checksum(bytes)) return null;
  const state = headBytes + bytes.readUInt32LE(28);
  return {
    journal: bytes.toString('hex', 8, 16),
    sequence: Number(bytes.readBigUInt64LE(16)),
    owners: readOwners(decoding.createDecoder(bytes.subarray(headBytes, state))),
    // A copy, since it is transferred to another thread and must own its whole buffer.
    state: { bytes: new Uint8Array(bytes.subarray(state)), size: bytes.readUInt32LE(24) },
  };
}

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(headBytes), crc32(bytes.subarray(0, 32)));
}

const compress = promisify(deflateRaw);
const expand = promisify(inflateRaw);

/** On Node's thread pool, for small or rare states; the worker does the others. */
export async function deflate(state: Uint8Array): Promise<Deflated> {
  const bytes = await compress(state, { level: deflateLevel });
  return { bytes, size: state.byteLength };
}

/** @throws if the bytes are not a compressed state */
export async function inflate({ bytes, size }: Deflated): Promise<Uint8Array> {
  // In one piece, so that the main thread does not join chunks.
  const state = await expand(bytes, { chunkSize: Math.max(64, size), maxOutputLength: Math.max(1, size) });
  if (state.byteLength !== size) throw new Error('The size of a compressed state does not match.');
  return state;
}
