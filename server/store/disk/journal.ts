import { join } from 'node:path';
import type { JournalEntry } from '../contract.ts';
import type { JournalDisk, JournalFile } from './journal-disk.ts';
import { writeAll } from './journal-disk.ts';
import type { StoreLog } from './log.ts';
import type { JournalRecord } from './record.ts';
import { encodeRecord, maxRecordBytes } from './record.ts';
import type { Replayed } from './replay.ts';
import type { Segment } from './segment.ts';
import { encodeHeader, headerBytes, segmentPath } from './segment.ts';

export interface JournalOptions {
  readonly folder: string;
  readonly disk: JournalDisk;
  readonly log: StoreLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A segment that has grown past this many bytes is followed by the next one. */
  readonly segmentBytes: number;
  /** How long after a failure the disk is tried again; doubles up to 20 times that. */
  readonly probeAfterMs: number;
  /** Told of each record when it is on disk, before its `append` resolves. */
  readonly onCommit: (record: JournalRecord) => void;
  /** Told when a new segment was begun. */
  readonly onRoll: () => void;
}

interface Waiting {
  readonly record: JournalRecord;
  readonly bytes: Uint8Array;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: Error) => void;
}

interface Active extends Segment {
  readonly file: JournalFile;
}

/** What a probe writes to a disk that has failed: as much as the largest frame, so that a full disk shows. */
const probeBytes = 1 << 20;

/**
 * The one append-only log of the process. While one fdatasync runs, what is appended collects and
 * goes out with the next: the fdatasyncs a second do not grow with the boards. After a failed write
 * nobody knows what is on disk, so a file that failed is never written again.
 */
export class Journal {
  readonly id: string;
  readonly #options: JournalOptions;
  #closed: Segment[];
  #active: Active;
  #nextNumber: number;
  #nextSequence: number;
  #committed: number;
  #queue: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #failure: Error | null = null;
  #probe: NodeJS.Timeout | null = null;
  #healing: Promise<void> = Promise.resolve();
  #removing: Promise<void> = Promise.resolve();
  #ended = false;

  private constructor(options: JournalOptions, replayed: Replayed, active: Active) {
    this.id = replayed.journal;
    this.#options = options;
    this.#closed = [...replayed.segments];
    this.#active = active;
    this.#nextNumber = active.number + 1;
    this.#nextSequence = replayed.nextSequence;
    this.#committed = replayed.nextSequence - 1;
    this.#removeUnneeded();
  }

  /** Goes on after what was replayed, in a segment of its own: a file whose end is in doubt is never appended to. */
  static async open(options: JournalOptions, replayed: Replayed): Promise<Journal> {
    const header = { journal: replayed.journal, firstSequence: replayed.nextSequence };
    return new Journal(options, replayed, await createSegment(options, replayed.nextNumber, header));
  }

  /** Why nothing can be written just now; null while it can. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** The last sequence that was given to an append, committed or not. */
  get lastSequence(): number {
    return this.#nextSequence - 1;
  }

  /** Up to here no sequence is given again, even by the next process: a record or a header on disk has it. */
  get committed(): number {
    return this.#committed;
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#segments().reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Resolves to the record's sequence when it is on disk. Order is that of the calls. */
  append(entry: JournalEntry): Promise<number> {
    if (this.#ended) return Promise.reject(new Error('The journal is closed.'));
    if (this.#failure) return Promise.reject(this.#failure);
    if (entry.update.byteLength > maxRecordBytes / 2) {
      return Promise.reject(
        new RangeError(`An update of ${entry.update.byteLength} bytes is too large for the journal.`),
      );
    }
    const { room, person, update } = entry;
    const record = { sequence: this.#nextSequence++, time: this.#options.now(), room, person, update };
    const bytes = encodeRecord(record);
    // The caller may use its buffer again; the tail of the encoded record is a copy that stays.
    const kept = { ...record, update: bytes.subarray(bytes.byteLength - update.byteLength) };
    return new Promise((resolve, reject) => {
      this.#queue.push({ record: kept, bytes, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** All records of the room up to a sequence are in a snapshot: segments that nobody else needs go. */
  release(room: string, upTo: number): void {
    for (const { last } of this.#segments()) {
      if ((last.get(room) ?? Infinity) <= upTo) last.delete(room);
    }
    this.#removeUnneeded();
  }

  /** The rooms that must be released for the journal to shrink to `bytes`. */
  roomsBeyond(bytes: number): ReadonlySet<string> {
    const rooms = new Set<string>();
    let excess = this.bytes - bytes;
    for (const segment of this.#closed) {
      if (excess <= 0) break;
      for (const room of segment.last.keys()) rooms.add(room);
      excess -= segment.bytes;
    }
    return rooms;
  }

  /** Writes what waits. Leaves an empty journal where no room needs it. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#flushing;
    if (this.#probe) clearTimeout(this.#probe);
    await this.#healing;
    try {
      const needed = this.#segments().some((segment) => segment.last.size > 0);
      if (!needed && !this.#failure && this.#active.bytes > headerBytes) await this.#roll();
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'the journal could not be emptied at the end');
    }
    await this.#active.file.close().catch(() => undefined);
    await this.#removing;
  }

  async #flush(): Promise<void> {
    // What is appended in the same tick goes out together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        if (this.#active.bytes >= this.#options.segmentBytes) {
          await this.#roll(batch[0]?.record.sequence);
          this.#options.onRoll();
        }
        await this.#write(batch.map((waiting) => waiting.bytes));
      } catch (error) {
        this.#fail(error, batch);
        break;
      }
      for (const { record, resolve } of batch) {
        this.#committed = record.sequence;
        this.#active.last.set(record.room, record.sequence);
        this.#options.onCommit(record);
        resolve(record.sequence);
      }
    }
    this.#flushing = null;
  }

  async #write(buffers: readonly Uint8Array[]): Promise<void> {
    const { file, bytes } = this.#active;
    await writeAll(file, buffers, bytes);
    await file.datasync();
    this.#active.bytes += buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
  }

  /** Goes on in a new segment. What a failed one was given may be in it all the same, so its sequences are not given again. */
  async #roll(firstSequence = this.#nextSequence): Promise<void> {
    const next = await createSegment(this.#options, this.#nextNumber++, { journal: this.id, firstSequence });
    await this.#active.file.close().catch(() => undefined);
    this.#closed.push(this.#active);
    this.#active = next;
    this.#committed = firstSequence - 1;
    this.#removeUnneeded();
  }

  #fail(error: unknown, batch: readonly Waiting[]): void {
    const failure = new Error('The journal cannot be written.', { cause: error });
    const rejected = [...batch, ...this.#queue];
    this.#queue = [];
    this.#failure = failure;
    const fields = { segment: this.#active.number, rejected: rejected.length, error: String(error) };
    this.#options.log.error(fields, 'the journal cannot be written; it takes nothing until it can');
    for (const { reject } of rejected) reject(failure);
    this.#probeAfter(this.#options.probeAfterMs);
  }

  #probeAfter(delayMs: number): void {
    if (this.#ended) return;
    this.#probe = setTimeout(() => {
      this.#healing = this.#heal().catch(() => {
        this.#probeAfter(Math.min(delayMs * 2, this.#options.probeAfterMs * 20));
      });
    }, delayMs).unref();
  }

  async #heal(): Promise<void> {
    await probe(this.#options);
    await this.#roll();
    this.#failure = null;
    this.#options.log.info({ segment: this.#active.number }, 'the journal can be written again');
  }

  #segments(): readonly Segment[] {
    return [...this.#closed, this.#active];
  }

  #removeUnneeded(): void {
    const unneeded = this.#closed.filter((segment) => segment.last.size === 0);
    if (unneeded.length === 0) return;
    this.#closed = this.#closed.filter((segment) => segment.last.size > 0);
    for (const { path } of unneeded) {
      this.#removing = this.#removing
        .then(() => this.#options.disk.remove(path))
        // It is read again at the next start, where it changes nothing, and removed then.
        .catch((error: unknown) =>
          this.#options.log.warn({ path, error: String(error) }, 'a journal segment stays'),
        );
    }
  }
}

/** Resolves when the segment and its name are on disk, so that the count of sequences outlives older segments. */
async function createSegment(
  { disk, folder }: JournalOptions,
  number: number,
  header: { readonly journal: string; readonly firstSequence: number },
): Promise<Active> {
  const path = segmentPath(folder, number);
  const file = await disk.create(path);
  try {
    await writeAll(file, [encodeHeader(header)], 0);
    await file.datasync();
    await disk.syncFolder(folder);
  } catch (error) {
    await file.close().catch(() => undefined);
    await disk.remove(path).catch(() => undefined);
    throw error;
  }
  return { number, path, bytes: headerBytes, last: new Map(), file };
}

async function probe({ disk, folder }: JournalOptions): Promise<void> {
  const path = join(folder, 'probe');
  await disk.remove(path);
  const file = await disk.create(path);
  try {
    await writeAll(file, [new Uint8Array(probeBytes)], 0);
    await file.datasync();
  } finally {
    await file.close().catch(() => undefined);
    await disk.remove(path);
  }
}
