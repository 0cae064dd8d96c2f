import { randomBytes } from 'node:crypto';
import { open, readFile, readdir, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { FileContext } from './durable-file.ts';
import { codeOf, freeName, setAside, syncFolder, writeWhole } from './durable-file.ts';
import type { JournalRecord } from './record.ts';
import { decodeRecords } from './record.ts';
import type { Segment } from './segment.ts';
import { decodeHeader, headerBytes, segmentNumber, segmentPath } from './segment.ts';

/** What a process finds in the journal when it starts. */
export interface Replayed {
  readonly journal: string;
  readonly segments: readonly Segment[];
  readonly nextNumber: number;
  readonly nextSequence: number;
}

/**
 * Records that were lost had sequences, and snapshots may know them: after damage the count goes on
 * this far ahead, more than a segment can hold, so that none is given twice.
 */
const sequencesSkippedAfterDamage = 1 << 20;

/** Reads the whole journal, oldest record first. What cannot be read is set aside and told, never dropped. */
export async function replay(
  folder: string,
  context: FileContext,
  onRecord: (record: JournalRecord) => void,
): Promise<Replayed> {
  const numbers = (await readdir(folder)).map(segmentNumber).filter((n) => n !== null);
  const segments: Segment[] = [];
  let journal: string | null = null;
  let nextSequence = 1;
  let whole = true;
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
      whole = false;
      context.log.error(
        { segment: basename(path) },
        'the head of a journal segment is damaged; its records are read all the same',
      );
    }
    const { records, damage } = decodeRecords(bytes, headerBytes, header?.firstSequence ?? null);
    const segment: Segment = { number, path, bytes: bytes.byteLength, last: new Map() };
    for (const record of records) {
      segment.last.set(record.room, record.sequence);
      nextSequence = Math.max(nextSequence, record.sequence + 1);
      onRecord(record);
    }
    for (const { from, to } of damage) {
      whole = false;
      if (to === bytes.byteLength) {
        await cutTail(path, bytes, from, context);
        segment.bytes = from;
      } else {
        await keepDamaged(path, bytes.subarray(from, to), from, context);
      }
    }
    segments.push(segment);
  }
  return {
    journal: journal ?? randomBytes(8).toString('hex'),
    segments,
    nextNumber: (numbers.at(-1) ?? 0) + 1,
    nextSequence: whole ? nextSequence : nextSequence + sequencesSkippedAfterDamage,
  };
}

/** A segment that ends before its header does: the process died while making it, before anything was written to it. */
async function putAwayStub(path: string, bytes: Uint8Array, context: FileContext): Promise<void> {
  if (bytes.byteLength === 0) {
    await unlink(path);
    return;
  }
  const aside = await setAside(path, 'torn', context.now());
  context.log.warn(
    { segment: basename(path), aside },
    'a journal segment that was never begun was set aside',
  );
}

async function cutTail(path: string, bytes: Uint8Array, from: number, context: FileContext): Promise<void> {
  const aside = await freeName(`${path}.torn-${context.now()}`);
  await writeWhole(aside, bytes.subarray(from));
  await syncFolder(dirname(path));
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
}

/** The segment itself stays as it is, so the copy is made once and the damage is told at each start. */
async function keepDamaged(
  path: string,
  damaged: Uint8Array,
  at: number,
  context: FileContext,
): Promise<void> {
  const aside = `${path}.damaged-${at}`;
  try {
    await writeWhole(aside, damaged);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const fields = { segment: basename(path), at, bytes: damaged.byteLength, aside: basename(aside) };
  context.log.error(
    fields,
    'part of a journal segment is damaged and was set aside; what follows it is read',
  );
}
