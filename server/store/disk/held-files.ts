import { readdir } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { parseJsonAs } from '../../../shared/json.ts';
import type { HeldRecord } from '../contract.ts';
import { unlessMissing } from './disk-error.ts';
import type { FileContext } from './durable-file.ts';
import { DurableFile, previousOf, readOr } from './durable-file.ts';
import type { Layout, Room } from './layout.ts';

const headerSchema = v.object({
  person: v.string(),
  name: v.string(),
  at: v.number(),
  isProven: v.boolean(),
});

const magic = Buffer.from('RESAHLD1', 'latin1');
const headBytes = 16;

/** Files open at once while a room is read. */
const readAtOnce = 16;

/** The held copies of a room: one file per person. */
export class HeldFiles {
  readonly #layout: Layout;
  readonly #context: FileContext;

  constructor(layout: Layout, context: FileContext) {
    this.#layout = layout;
    this.#context = context;
  }

  async read(room: Room): Promise<readonly HeldRecord[]> {
    const names = (await unlessMissing(readdir(this.#layout.boardFolder(room.board)))) ?? [];
    const people = names.flatMap((name) => this.#layout.heldPerson(room, name) ?? []);
    const read = (person: string) => readOr(this.#layout.held(room, person), decodeHeld, this.#context);
    const records: (HeldRecord | null)[] = [];
    for (let from = 0; from < people.length; from += readAtOnce)
      records.push(...(await Promise.all(people.slice(from, from + readAtOnce).map(read))));
    return records.filter((record) => record !== null);
  }

  async keep(room: Room, record: HeldRecord): Promise<void> {
    const path = this.#layout.held(room, record.person);
    await new DurableFile(path, this.#context).replace(encodeHeld(record));
    // The previous copy is useless, since the newer one includes it.
    await this.#context.disk.remove(previousOf(path));
  }

  async drop(room: Room, people: readonly string[]): Promise<void> {
    for (const person of people) await this.#context.disk.remove(this.#layout.held(room, person));
    await this.#context.disk.syncFolder(this.#layout.boardFolder(room.board));
  }
}

/** Magic (8), checksum of everything after it (u32), length of the header (u32), the header as JSON, one Yjs update. */
export function encodeHeld({ update, ...header }: HeldRecord): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.allocUnsafe(headBytes + json.byteLength + update.byteLength);
  magic.copy(bytes, 0);
  bytes.writeUInt32LE(json.byteLength, 12);
  bytes.set(json, headBytes);
  bytes.set(update, headBytes + json.byteLength);
  bytes.writeUInt32LE(crc32(bytes.subarray(12)), 8);
  return bytes;
}

/** Null if the bytes are not a complete held copy. */
export function decodeHeld(content: Uint8Array): HeldRecord | null {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.byteLength < headBytes || !bytes.subarray(0, 8).equals(magic)) return null;
  if (bytes.readUInt32LE(8) !== crc32(bytes.subarray(12))) return null;
  const start = headBytes + bytes.readUInt32LE(12);
  const header = parseJsonAs(headerSchema, bytes.toString('utf8', headBytes, start));
  return header ? { ...header, update: new Uint8Array(bytes.subarray(start)) } : null;
}
