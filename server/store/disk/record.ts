import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { crc32 } from 'node:zlib';
import { isRoom } from './layout.ts';
import type { Owners } from './owners.ts';
import { readOwners, writeOwners } from './owners.ts';

/** One Yjs update in the journal. */
export interface JournalRecord {
  /** Rises by at least one with each record of the journal, whatever its room. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly room: string;
  /** The person who wrote it; empty for the server. */
  readonly person: string;
  /** The client ids that it uses for the first time, with their owners. */
  readonly owners: Owners;
  readonly update: Uint8Array;
}

/** Length and checksum, in bytes. */
const headBytes = 8;

/** A record must fit into memory several times. The largest update that a socket accepts is 1 MiB. */
export const maxRecordBytes = 1 << 28;

/** After damage, the largest step in sequence from the last good record: more than a segment holds. */
const maxSequenceGap = 1 << 24;

/**
 * Length (u32), checksum (u32), sequence, time, room, person, owners, update; docs/STORAGE.md has every byte. The
 * checksum covers the length too, and no record is empty, so zeros are never a record.
 */
export function encodeRecord(record: JournalRecord): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeUint32(encoder, 0);
  encoding.writeUint32(encoder, 0);
  encoding.writeVarUint(encoder, record.sequence);
  encoding.writeVarUint(encoder, record.time);
  encoding.writeVarString(encoder, record.room);
  encoding.writeVarString(encoder, record.person);
  writeOwners(encoder, record.owners);
  encoding.writeUint8Array(encoder, record.update);
  const bytes = encoding.toUint8Array(encoder);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(0, bytes.byteLength - headBytes, true);
  view.setUint32(4, checksum(bytes, 0, bytes.byteLength), true);
  return bytes;
}

/** The records in a range of bytes, and its unreadable parts. */
export interface Records {
  readonly records: readonly JournalRecord[];
  /** Unreadable parts, as [from, to) in bytes. One that reaches the end is a torn tail. */
  readonly damage: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Reads all records from `start` on. Skips a damaged one, so that it does not affect others. `firstSequence` null:
 * unknown, taken from the first good record.
 */
export function decodeRecords(bytes: Uint8Array, start: number, firstSequence: number | null): Records {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: JournalRecord[] = [];
  const damage: { from: number; to: number }[] = [];
  let at = start;
  let next = firstSequence;
  while (at < bytes.byteLength) {
    const end = recordEnd(bytes, view, at, next);
    if (end === null) {
      const from = at;
      do at++;
      while (at < bytes.byteLength && recordEnd(bytes, view, at, next) === null);
      damage.push({ from, to: at });
      continue;
    }
    const record = decodeRecord(bytes.subarray(at + headBytes, end));
    if (record) {
      records.push(record);
      next = record.sequence + 1;
    } else {
      damage.push({ from: at, to: end });
    }
    at = end;
  }
  return { records, damage };
}

/**
 * The end of the record at `at`; null if there is none. Damage is searched byte by byte, so cheap checks come first.
 */
function recordEnd(bytes: Uint8Array, view: DataView, at: number, next: number | null): number | null {
  if (at + headBytes >= bytes.byteLength) return null;
  const end = at + headBytes + view.getUint32(at, true);
  if (end > bytes.byteLength || end <= at + headBytes) return null;
  const sequence = peekVarUint(bytes, at + headBytes, end);
  if (sequence === null || (next !== null && (sequence < next || sequence > next + maxSequenceGap)))
    return null;
  return checksum(bytes, at, end) === view.getUint32(at + 4, true) ? end : null;
}

function peekVarUint(bytes: Uint8Array, at: number, end: number): number | null {
  let value = 0;
  for (let scale = 1, i = at; i < end && scale < Number.MAX_SAFE_INTEGER; scale *= 128, i++) {
    const byte = bytes[i] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
  return null;
}

function decodeRecord(payload: Uint8Array): JournalRecord | null {
  try {
    const decoder = decoding.createDecoder(payload);
    const sequence = decoding.readVarUint(decoder);
    const time = decoding.readVarUint(decoder);
    const room = decoding.readVarString(decoder);
    const person = decoding.readVarString(decoder);
    const owners = readOwners(decoder);
    if (!isRoom(room)) return null;
    // A copy, so that one update does not keep its whole segment in memory.
    const update = decoding.readTailAsUint8Array(decoder).slice();
    return { sequence, time, room, person, owners, update };
  } catch {
    return null;
  }
}

function checksum(bytes: Uint8Array, at: number, end: number): number {
  return crc32(bytes.subarray(at + headBytes, end), crc32(bytes.subarray(at, at + 4)));
}
