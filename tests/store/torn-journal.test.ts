import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { notes, openStore, temporaryFolder, Writer } from './open-store.ts';

const count = 6;
const headerBytes = 28;

/** A journal of six notes, and its length when each of them was acknowledged. */
async function writeJournal(): Promise<{ bytes: Buffer; ends: number[] }> {
  const folder = await temporaryFolder();
  const { store } = await openStore(folder);
  const path = join(folder, 'journal/00000001.log');
  const ends: number[] = [];
  for (let n = 1; n <= count; n++) {
    // Each note is another person's first, so none depends on another.
    await store.append({ room: 'b1/board', person: 'ana', update: new Writer().write(`note ${n}`, 'saved') });
    ends.push((await readFile(path)).byteLength);
  }
  const bytes = await readFile(path);
  await store.close();
  return { bytes, ends };
}

/** Opens a folder with these segments twice; the second opening must read the same. */
async function readBack(segments: readonly Uint8Array[]) {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'journal'));
  for (const [n, bytes] of segments.entries())
    await writeFile(join(folder, `journal/0000000${n + 1}.log`), bytes);
  const first = await openStore(folder, { now: () => 77 });
  const read = Object.keys(notes(await first.store.load('b1/board'))).sort();
  const late = new Writer().write('late', 'saved');
  await first.store.append({ room: 'b1/board', person: 'ben', update: late });
  await first.store.close();
  const again = await openStore(folder, { now: () => 78 });
  expect(Object.keys(notes(await again.store.load('b1/board'))).sort()).toEqual([...read, 'late'].sort());
  await again.store.close();
  const aside = (await readdir(join(folder, 'journal'))).filter((name) => !name.endsWith('.log'));
  return { folder, read, aside, journalist: first.journalist, later: again.journalist };
}

const allBut = (...lost: number[]) =>
  Array.from({ length: count }, (_, n) => n + 1)
    .filter((n) => !lost.includes(n))
    .map((n) => `note ${n}`);

describe('a truncated journal', () => {
  // Slow, because it opens a store on a copy of the folder for each byte at which a write may have ended.
  test('at any byte of its last records: whole records are read, the rest is set aside', async () => {
    const { bytes, ends } = await writeJournal();
    const from = ends[count - 4] ?? 0;
    for (let cut = from; cut <= bytes.byteLength; cut++) {
      const { folder, read, aside, later } = await readBack([bytes.subarray(0, cut)]);
      const whole = ends.filter((end) => end <= cut).length;
      expect(read, `cut at ${cut}`).toEqual(allBut(...[1, 2, 3, 4, 5, 6].slice(whole)));
      const end = ends[whole - 1] ?? 0;
      expect(aside, `cut at ${cut}`).toEqual(cut === end ? [] : ['00000001.log.torn-77']);
      if (cut > end) {
        const kept = await readFile(join(folder, 'journal/00000001.log.torn-77'));
        expect(kept.equals(bytes.subarray(end, cut))).toBe(true);
      }
      // After the cut, the journal is intact.
      expect(later.lines).toEqual([]);
    }
  });

  test('and filled with zeros, as some file systems do', async () => {
    const { bytes, ends } = await writeJournal();
    const torn = Buffer.alloc(bytes.byteLength + 4096);
    bytes.copy(torn, 0, 0, (ends[4] ?? 0) + 10);
    const { read, aside } = await readBack([torn]);
    expect(read).toEqual(allBut(6));
    expect(aside).toEqual(['00000001.log.torn-77']);
  });

  test('in a segment that is not the last: later segments are read', async () => {
    const { bytes, ends } = await writeJournal();
    const second = Buffer.concat([bytes.subarray(0, headerBytes), bytes.subarray(ends[3])]);
    const { read, journalist } = await readBack([bytes.subarray(0, (ends[2] ?? 0) + 9), second]);
    expect(read).toEqual(allBut(4));
    expect(journalist.lines.map((line) => line.level)).toEqual(['warn']);
  });
});

describe('a journal with one flipped bit', () => {
  test('in any byte of a record: that record is set aside and logged, all others are read', async () => {
    const { bytes, ends } = await writeJournal();
    const [from = 0, to = 0] = [ends[2], ends[3]];
    for (let at = from; at < to; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      const { folder, read, aside, journalist } = await readBack([flipped]);
      expect(read, `flipped at ${at}`).toEqual(allBut(4));
      expect(aside).toEqual([`00000001.log.damaged-${from}`]);
      const kept = await readFile(join(folder, `journal/00000001.log.damaged-${from}`));
      expect(kept.equals(flipped.subarray(from, to))).toBe(true);
      expect(journalist.lines.map((line) => line.level)).toEqual(['error']);
    }
  });

  test('in any byte of the header: all records are read', async () => {
    const { bytes } = await writeJournal();
    for (let at = 0; at < headerBytes; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const { read, journalist } = await readBack([flipped]);
      expect(read, `flipped at ${at}`).toEqual(allBut());
      expect(journalist.said('the header of a journal segment is damaged')).toBe(true);
    }
  });
});

test('a lost record that a snapshot has does not hide later records', async () => {
  const folder = await temporaryFolder();
  const first = await openStore(folder);
  const ana = new Writer();
  for (const note of ['one', 'two']) {
    await first.store.append({ room: 'b1/board', person: 'ana', update: ana.write(note, 'saved') });
  }
  await first.store.append({ room: 'b2/board', person: 'ana', update: new Writer().write('one', 'saved') });
  const path = join(folder, 'journal/00000001.log');
  const end = (await readFile(path)).byteLength;
  await first.store.append({ room: 'b1/board', person: 'ana', update: ana.write('three', 'saved') });
  await first.store.checkpoint('b1/board');
  await first.store.close();
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, end + 5));

  const second = await openStore(folder);
  await second.store.append({ room: 'b1/board', person: 'ana', update: ana.write('four', 'saved') });
  await second.store.close();
  const { store } = await openStore(folder);
  expect(Object.keys(notes(await store.load('b1/board'))).sort()).toEqual(['four', 'one', 'three', 'two']);
});
