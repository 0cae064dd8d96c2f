import { join } from 'node:path';
import type { JournalEntry } from '../contract.ts';
import { isFull } from './disk-error.ts';
import type { Disk, DiskFile } from './disk.ts';
import { writeAll } from './disk.ts';
import type { StoreLog } from './log.ts';
import type { JournalRecord } from './record.ts';
import { encodeRecord, maxRecordBytes } from './record.ts';
import type { Replayed } from './replay.ts';
import type { Segment } from './segment.ts';
import { encodeHeader, headerBytes, segmentPath } from './segment.ts';

export interface JournalOptions {
  readonly folder: string;
  readonly disk: Disk;
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
  readonly file: DiskFile;
}

/** What a probe writes to a disk that has failed: as much as the largest frame, so that a full disk shows. */
const probeBytes = 1 << 20;

/**
 * The one append-only log of the process. While one write is on its way to the disk, what is appended collects
 * and goes out with the next: the writes a second do not grow with the boards. After a failed write
 * nobody knows what is on disk, so a file that failed is never written again.
 */
export class Journal {
  readonly id: string;
  readonly #options: JournalOptions;
  #closed: Segment[];
  /** Null where none could be begun: the disk was full from the start. */
  #active: Active | null;
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

  private constructor(options: JournalOptions, replayed: Replayed, active: Active | Error) {
    this.id = replayed.journal;
    this.#options = options;
    this.#closed = [...replayed.segments];
    this.#active = active instanceof Error ? null : active;
    this.#nextNumber = replayed.nextNumber + 1;
    this.#nextSequence = replayed.nextSequence;
    this.#committed = replayed.nextSequence - 1;
    if (active instanceof Error) this.#fail(active, []);
    this.#removeUnneeded();
  }

  /**
   * Goes on after what was replayed, in a segment of its own: a file whose end is in doubt is never appended to.
   * On a full disk it opens all the same, and takes nothing until there is room.
   */
  static async open(options: JournalOptions, replayed: Replayed): Promise<Journal> {
    const header = { journal: replayed.journal, firstSequence: replayed.nextSequence };
    try {
      return new Journal(options, replayed, await createSegment(options, replayed.nextNumber, header));
    } catch (error) {
      if (!(error instanceof Error) || !isFull(error)) throw error;
      return new Journal(options, replayed, error);
    }
  }

  /** Why nothing can be written just now; null while it can. */
  get failure(): Error | null {
    return this.#failure;
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
    const { room, person, update, owners = new Map<number, string>() } = entry;
    const sequence = this.#nextSequence++;
    const record = { sequence, time: this.#options.now(), room, person, owners, update };
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
      if (!needed && !this.#failure && this.#active && this.#active.bytes > headerBytes) await this.#roll();
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'the journal could not be emptied at the end');
    }
    await this.#active?.file.close().catch(() => undefined);
    await this.#removing;
  }

  async #flush(): Promise<void> {
    // What is appended in the same tick goes out together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        const active = await this.#withRoom(batch[0]?.record.sequence);
        const bytes = Buffer.concat(batch.map((waiting) => waiting.bytes));
        await writeAll(active.file, bytes, active.bytes);
        active.bytes += bytes.byteLength;
        for (const { record } of batch) active.last.set(record.room, record.sequence);
      } catch (error) {
        this.#fail(error, batch);
        break;
      }
      for (const { record, resolve } of batch) {
        this.#committed = record.sequence;
        this.#options.onCommit(record);
        resolve(record.sequence);
      }
    }
    this.#flushing = null;
  }

  /** The segment to write to: the next one, where the last has grown to its size. */
  async #withRoom(firstSequence: number | undefined): Promise<Active> {
    if (this.#active && this.#active.bytes < this.#options.segmentBytes) return this.#active;
    const next = await this.#roll(firstSequence);
    this.#options.onRoll();
    return next;
  }

  /** Goes on in a new segment. What a failed one was given may be in it all the same, so its sequences are not given again. */
  async #roll(firstSequence = this.#nextSequence): Promise<Active> {
    const next = await createSegment(this.#options, this.#nextNumber++, { journal: this.id, firstSequence });
    if (this.#active) {
      await this.#active.file.close().catch(() => undefined);
      this.#closed.push(this.#active);
    }
    this.#active = next;
    this.#committed = firstSequence - 1;
    this.#removeUnneeded();
    return next;
  }

  #fail(error: unknown, batch: readonly Waiting[]): void {
    const failure = new Error('The journal cannot be written.', { cause: error });
    const rejected = [...batch, ...this.#queue];
    this.#queue = [];
    this.#failure = failure;
    const fields = { segment: this.#active?.number ?? null, rejected: rejected.length, error: String(error) };
    this.#options.log.error(fields, 'the journal cannot be written; it takes nothing until it can');
    for (const { reject } of rejected) reject(failure);
    this.#probeAfter(this.#options.probeAfterMs);
  }

  #probeAfter(delayMs: number): void {
    if (this.#ended) return;
    this.#probe = setTimeout(() => {
      this.#healing = this.#recover().catch(() => {
        this.#probeAfter(Math.min(delayMs * 2, this.#options.probeAfterMs * 20));
      });
    }, delayMs).unref();
  }

  async #recover(): Promise<void> {
    await probe(this.#options);
    const { number } = await this.#roll();
    this.#failure = null;
    this.#options.log.info({ segment: number }, 'the journal can be written again');
  }

  #segments(): readonly Segment[] {
    return this.#active ? [...this.#closed, this.#active] : this.#closed;
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
    await writeAll(file, encodeHeader(header), 0);
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
    await writeAll(file, new Uint8Array(probeBytes), 0);
  } finally {
    await file.close().catch(() => undefined);
    await disk.remove(path);
  }
}
