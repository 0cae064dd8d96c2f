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
  /** Size at which a segment is followed by the next one, in bytes. */
  readonly segmentBytes: number;
  /** Delay before the disk is retried after a failure, in ms; doubles up to 20 times this. */
  readonly probeAfterMs: number;
  /** Called for each record on disk, before its `append` resolves. */
  readonly onCommit: (record: JournalRecord) => void;
  /** Called when a new segment was started. */
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

/** Bytes that a probe writes to a failed disk: as many as the largest frame, so that a full disk is detected. */
const probeBytes = 1 << 20;

/**
 * The process's only append-only log. Appends during a pending write are collected for the next one, so the number of
 * writes per second does not grow with the boards. After a failed write the content on disk is unknown, so a failed
 * file is never written again.
 */
export class Journal {
  readonly id: string;
  readonly #options: JournalOptions;
  #closed: Segment[];
  /** Null if none could be created because the disk was full from the start. */
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
   * Continues after the replayed records, in a new segment: a file with an uncertain end is never appended to. On a
   * full disk it opens too, and rejects writes until there is room.
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

  /** Why nothing can be written at the moment; null if writing works. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** No sequence up to here is used again, even by the next process: a record or a header on disk has it. */
  get committed(): number {
    return this.#committed;
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#segments().reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Resolves to the record's sequence when it is on disk. Records keep the order of the calls. */
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
    // The caller may reuse its buffer, so keep the end of the encoded record, which is a copy.
    const kept = { ...record, update: bytes.subarray(bytes.byteLength - update.byteLength) };
    return new Promise((resolve, reject) => {
      this.#queue.push({ record: kept, bytes, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** A snapshot has all records of the room up to a sequence. Removes segments that no other room needs. */
  release(room: string, upTo: number): void {
    for (const { last } of this.#segments()) {
      if ((last.get(room) ?? Infinity) <= upTo) last.delete(room);
    }
    this.#removeUnneeded();
  }

  /** The rooms that must be released to shrink the journal to `bytes`. */
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

  /** Writes pending records. Leaves an empty journal if no room needs it. */
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
    // Wait for appends of the same tick, which go out together.
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

  /** The segment to write to: a new one if the last is full. */
  async #withRoom(firstSequence: number | undefined): Promise<Active> {
    if (this.#active && this.#active.bytes < this.#options.segmentBytes) return this.#active;
    const next = await this.#roll(firstSequence);
    this.#options.onRoll();
    return next;
  }

  /**
   * Starts a new segment. A failed segment may have its last records after all, so their sequences are not used again.
   */
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
    this.#options.log.error(fields, 'the journal cannot be written and rejects writes until it can');
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
        // The next start reads it again, which changes nothing, and removes it.
        .catch((error: unknown) =>
          this.#options.log.warn({ path, error: String(error) }, 'a journal segment could not be removed'),
        );
    }
  }
}

/** Resolves when the segment and its name are on disk, so that the sequence count outlives older segments. */
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
