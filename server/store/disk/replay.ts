import { randomBytes } from 'node:crypto';
import { open, readFile, readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { codeOf } from '../../errors.ts';
import { isFull } from './disk-error.ts';
import type { FileContext } from './durable-file.ts';
import { freeName, setAside, writeWhole } from './durable-file.ts';
import type { JournalRecord } from './record.ts';
import { decodeRecords } from './record.ts';
import type { Segment } from './segment.ts';
import { decodeHeader, headerBytes, segmentNumber, segmentPath } from './segment.ts';

/** The content of the journal when a process starts. */
export interface Replayed {
  readonly journal: string;
  readonly segments: readonly Segment[];
  readonly nextNumber: number;
  readonly nextSequence: number;
  /** True if a part before the end is unreadable: its records had been acknowledged. */
  readonly isDamaged: boolean;
}

/**
 * Snapshots may have sequences that this journal does not: of lost records, or of records written while somebody copied
 * the folder, journal first. So each process starts this far ahead, more than are written in a day, and no sequence is
 * used twice. 2^53 sequences are enough for 30 million starts.
 */
const sequencesSkipped = 2 ** 28;

/**
 * Reads the whole journal, oldest record first. Unreadable parts are set aside and logged, never dropped. `onRecord`
 * returns true if the record is still needed, which keeps its segment.
 */
export async function replay(
  folder: string,
  context: FileContext,
  onRecord: (record: JournalRecord) => boolean,
): Promise<Replayed> {
  const numbers = (await readdir(folder)).map(segmentNumber).filter((n) => n !== null);
  const segments: Segment[] = [];
  let journal: string | null = null;
  let nextSequence = 1;
  let isDamaged = false;
  for (const number of numbers.sort((a, b) => a - b)) {
    const path = segmentPath(folder, number);
    const bytes = await readFile(path);
    if (bytes.byteLength < headerBytes) {
      await putAwayStub(path, bytes, context);
      continue;
    }
    const header = decodeHeader(bytes);
    if (header) {
      journal = header.journal;
      nextSequence = Math.max(nextSequence, header.firstSequence);
    } else {
      context.log.error(
        { segment: basename(path) },
        'the header of a journal segment is damaged; its records are read anyway',
      );
    }
    const { records, damage } = decodeRecords(bytes, headerBytes, header?.firstSequence ?? null);
    const segment: Segment = { number, path, bytes: bytes.byteLength, last: new Map() };
    for (const record of records) {
      nextSequence = Math.max(nextSequence, record.sequence + 1);
      if (onRecord(record)) segment.last.set(record.room, record.sequence);
    }
    for (const { from, to } of damage) {
      if (to === bytes.byteLength) {
        if (await cutTail(path, bytes, from, context)) segment.bytes = from;
      } else {
        isDamaged = true;
        await keepDamaged(path, bytes.subarray(from, to), from, context);
      }
    }
    segments.push(segment);
  }
  return {
    journal: journal ?? randomBytes(8).toString('hex'),
    segments,
    isDamaged,
    nextNumber: (numbers.at(-1) ?? 0) + 1,
    nextSequence: segments.length === 0 ? nextSequence : nextSequence + sequencesSkipped,
  };
}

/** A segment that ends inside its header: the process died while creating it, before it wrote any record. */
async function putAwayStub(path: string, bytes: Uint8Array, context: FileContext): Promise<void> {
  if (bytes.byteLength === 0) {
    await context.disk.remove(path);
    return;
  }
  const aside = await setAside(path, 'torn', context);
  context.log.warn({ segment: basename(path), aside }, 'a journal segment without records was set aside');
}

/**
 * Returns false if there is no room to set it aside. Then it stays, is never appended to, and is cut at the next start.
 */
async function cutTail(
  path: string,
  bytes: Uint8Array,
  from: number,
  context: FileContext,
): Promise<boolean> {
  const aside = await freeName(`${path}.torn-${context.now()}`);
  const { disk } = context;
  try {
    await writeWhole(disk, aside, bytes.subarray(from));
    await disk.syncFolder(dirname(path));
  } catch (error) {
    await disk.remove(aside).catch(() => undefined);
    if (isFull(error)) return false;
    throw error;
  }
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(from);
    await handle.sync();
  } finally {
    await handle.close();
  }
  const fields = {
    segment: basename(path),
    at: from,
    bytes: bytes.byteLength - from,
    aside: basename(aside),
  };
  context.log.warn(fields, 'the torn tail of a journal segment was cut and set aside');
  return true;
}

/** The segment itself is not changed, so the copy is made once and the damage is logged at each start. */
async function keepDamaged(
  path: string,
  damaged: Uint8Array,
  at: number,
  context: FileContext,
): Promise<void> {
  const aside = `${path}.damaged-${at}`;
  try {
    await writeWhole(context.disk, aside, damaged);
  } catch (error) {
    if (isFull(error)) await context.disk.remove(aside).catch(() => undefined);
    else if (codeOf(error) !== 'EEXIST') throw error;
  }
  const fields = { segment: basename(path), at, bytes: damaged.byteLength, aside: basename(aside) };
  context.log.error(
    fields,
    'part of a journal segment is damaged and was set aside; the records after it are read',
  );
}
