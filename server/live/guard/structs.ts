import { tariff } from '../limits.ts';
import { isClient, isClock, isStretch } from '../yjs-id.ts';
import type { Content, TypeName } from './content.ts';
import { deleted, other, typeContents } from './content.ts';
import { Effort } from './cost.ts';
import type { TypePath } from './type-paths.ts';
import { malformed, Refused } from './refused.ts';
import { UpdateReader } from './update-reader.ts';

/** An id in Yjs: a client id, and a clock of that client. */
export interface Id {
  readonly client: number;
  readonly clock: number;
}

/** A struct of an update, and its position once that is known. */
export class Struct {
  readonly run: Run;
  readonly clock: number;
  readonly length: number;
  /** Its size in the update, in bytes. */
  readonly bytes: number;
  /** Null if Yjs has already collected it. */
  readonly item: Item | null;
  /** Its parent type; null until it is placed, and for content that is, or will at once be, collected. */
  home: TypePath | null = null;
  key: string | null = null;
  /** The type that its content is, once something is put into it. */
  inner: TypePath | null = null;

  constructor(run: Run, clock: number, length: number, bytes: number, item: Item | null) {
    this.run = run;
    this.clock = clock;
    this.length = length;
    this.bytes = bytes;
    this.item = item;
  }

  get end(): number {
    return this.clock + this.length;
  }
}

/** The fields of an item. */
export interface Item {
  /** Its neighbours when it was written. */
  readonly left: Id | null;
  readonly right: Id | null;
  /** The root's name, or the item that holds its parent. These and the key are set only without neighbours. */
  readonly root: string | null;
  readonly parent: Id | null;
  readonly key: string | null;
  readonly content: Content;
  /** The size of the content in the update, in bytes. */
  readonly contentBytes: number;
}

/** All structs of one client id in an update, by clock. Skipped clocks have no struct. */
export interface Run {
  readonly client: number;
  readonly parts: Struct[];
  /** The next clock in the store, and the next clock including the structs placed so far. */
  stored: number;
  clock: number;
  next: number;
  /** True while a struct of it is placed. A dependency on a later struct of it is then a cycle. */
  isBusy: boolean;
}

/** A parsed update, by client id. Deleted ranges are pairs of the first clock and the clock after the range. */
export interface ParsedUpdate {
  readonly runs: ReadonlyMap<number, Run>;
  readonly deletes: ReadonlyMap<number, Uint32Array>;
}

/**
 * Parses an update. Refuses what Yjs never writes, because Yjs would apply it otherwise than it reads.
 * @throws Refused with `malformed` or `too-many`
 */
export function takeApart(update: Uint8Array, effort: Effort): ParsedUpdate {
  const reader = new UpdateReader(update, effort);
  const runs = new Map<number, Run>();
  for (let sections = reader.count(4, 0); sections > 0; sections--) {
    const run = readRun(reader);
    // Yjs applies the last of two sections of one client id, so a second section hides something.
    if (runs.has(run.client)) throw malformed();
    runs.set(run.client, run);
  }
  const deletes = new Map<number, Uint32Array>();
  for (let clients = reader.count(2, tariff.section); clients > 0; clients--) {
    const client = readClient(reader);
    if (deletes.has(client)) throw malformed();
    deletes.set(client, readRanges(reader));
  }
  if (!reader.isAtEnd) throw malformed();
  return { runs, deletes };
}

/** Skips the structs of an update, up to its delete set. */
export function skipRuns(reader: UpdateReader): void {
  for (let sections = reader.count(4, 0); sections > 0; sections--) readRun(reader);
}

/** True if the bytes are one complete update that costs at most `mostEffort` microseconds to read. */
export function isUpdate(bytes: Uint8Array, mostEffort: number): boolean {
  try {
    takeApart(bytes, new Effort(mostEffort));
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

function readRun(reader: UpdateReader): Run {
  const count = reader.count(2, tariff.struct);
  if (count === 0) throw malformed();
  const run: Run = { client: readClient(reader), parts: [], stored: 0, clock: 0, next: 0, isBusy: false };
  let clock = reader.number();
  for (let i = 0; i < count; i++) clock = readStruct(reader, run, clock);
  return run;
}

const kindBits = 31;
const hasLeft = 128;
const hasRight = 64;
const hasKey = 32;
const collectedKind = 0;
const skippedKind = 10;

/** Reads the struct at a clock. Returns the next clock. */
function readStruct(reader: UpdateReader, run: Run, clock: number): number {
  const { at } = reader;
  const info = reader.byte();
  const isItem = info !== collectedKind && info !== skippedKind;
  const item = isItem ? readItem(reader, info) : null;
  const length = item ? item.content.length : reader.number();
  // A struct of length 0 breaks the search by clock in every client's store.
  if (!isStretch(clock, length)) throw malformed();
  if (info !== skippedKind) run.parts.push(new Struct(run, clock, length, reader.at - at, item));
  return clock + length;
}

function readItem(reader: UpdateReader, info: number): Item {
  const left = info & hasLeft ? readId(reader) : null;
  const right = info & hasRight ? readId(reader) : null;
  let root: string | null = null;
  let parent: Id | null = null;
  let key: string | null = null;
  if (!left && !right) {
    const isRoot = reader.number();
    if (isRoot > 1) throw malformed();
    if (isRoot) root = reader.string();
    else parent = readId(reader);
    if (info & hasKey) key = reader.string();
  }
  const { at } = reader;
  const content = readContent(reader, info & kindBits);
  return { left, right, root, parent, key, content, contentBytes: reader.at - at };
}

/** The kinds are those of Yjs (`readItemContent`). */
function readContent(reader: UpdateReader, kind: number): Content {
  switch (kind) {
    case 1:
      return deleted(reader.number());
    case 2:
      return readJsons(reader);
    case 3:
      reader.bytes();
      return other(1);
    case 4:
      return readString(reader);
    case 5:
      reader.skipJson();
      return other(1);
    case 6:
      reader.string();
      reader.skipJson();
      return other(1);
    case 7:
      return readType(reader);
    case 8:
      return readValues(reader);
    case 9:
      return readDocument(reader);
    default:
      throw malformed();
  }
}

function readString(reader: UpdateReader): Content {
  const text = reader.string();
  return { kind: 'string', text, length: text.length };
}

function readValues(reader: UpdateReader): Content {
  const values: unknown[] = [];
  for (let left = reader.count(1, tariff.value); left > 0; left--) values.push(reader.value());
  return { kind: 'values', values, length: values.length };
}

function readJsons(reader: UpdateReader): Content {
  const length = reader.count(1, tariff.value);
  for (let left = length; left > 0; left--) reader.skipJson(true);
  return other(length);
}

function readType(reader: UpdateReader): Content {
  const type = reader.number();
  const name: TypeName | undefined = typeNames[type];
  if (!name) throw malformed();
  if (type === 3 || type === 5) reader.string();
  return typeContents[name];
}

/** In the order of the numbers in Yjs. All from the fourth on are XML types. */
const typeNames: readonly TypeName[] = ['array', 'map', 'text', 'xml', 'xml', 'xml', 'xml'];

function readDocument(reader: UpdateReader): Content {
  reader.string();
  const options = reader.value();
  if (typeof options !== 'object' || options === null) throw malformed();
  return other(1);
}

function readId(reader: UpdateReader): Id {
  const client = readClient(reader);
  const clock = reader.number();
  if (!isClock(clock)) throw malformed();
  return { client, clock };
}

function readClient(reader: UpdateReader): number {
  const client = reader.number();
  if (!isClient(client)) throw malformed();
  return client;
}

/** Yjs writes ranges in order and never twice. It would scan overlapping ranges again each time. */
function readRanges(reader: UpdateReader): Uint32Array {
  const ranges = new Uint32Array(reader.count(2, tariff.range) * 2);
  let done = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const clock = reader.number();
    const length = reader.number();
    if (clock < done || !isStretch(clock, length)) throw malformed();
    done = clock + length;
    ranges[i] = clock;
    ranges[i + 1] = done;
  }
  return ranges;
}
