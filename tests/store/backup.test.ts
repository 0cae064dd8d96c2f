import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Store } from '../../server/store/contract.ts';
import { boardRecord } from './board-record.ts';
import { notes, openStore, temporaryFolder, Writer } from './open-store.ts';

/** Works like `cp -r`: lists a folder, and copies what it finds; skips what is removed meanwhile. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    const copied = entry.isDirectory() ? copyTree(source, target) : copyFile(source, target);
    await copied.catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
  }
}

const rooms = ['b1/board', 'b2/board', 'b3/draft/ana'];

/** People who write continuously into three rooms, each of which is checkpointed now and then. */
function writers(store: Store, saved: Set<string>) {
  let isOver = false;
  const people = rooms.map(async (room, n) => {
    const writer = new Writer();
    for (let count = 0; !isOver; count++) {
      const note = `${room} ${count}`;
      await store.append({ room, person: 'ana', update: writer.write(note, 'x'.repeat(50)) });
      saved.add(note);
      if (count % (20 + n) === 0) await store.checkpoint(room);
    }
  });
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(people);
    },
  };
}

// Slow, because it makes 15 copies while a store is written to, and opens each twice.
test('a copy made while people write, journal first, has everything saved before, and can be used', async () => {
  const folder = await temporaryFolder();
  const { store } = await openStore(folder, { segmentBytes: 2_000 });
  await store.createBoard(boardRecord('b1'), new Writer().state);
  const saved = new Set<string>();
  const writing = writers(store, saved);
  try {
    for (let round = 0; round < 15; round++) {
      const before = saved.size;
      while (saved.size < before + 40) await new Promise(setImmediate);
      const owed = [...saved];
      const copy = await temporaryFolder();
      for (const part of ['journal', 'boards', 'deleted'])
        await copyTree(join(folder, part), join(copy, part));
      await copyFile(join(folder, 'secret.key'), join(copy, 'secret.key'));

      const first = await openStore(copy);
      const read = async (from: Store) =>
        new Set(
          (await Promise.all(rooms.map(async (room) => Object.keys(notes(await from.load(room)))))).flat(),
        );
      const there = await read(first.store);
      expect(
        owed.filter((note) => !there.has(note)),
        `copy ${round}`,
      ).toEqual([]);
      expect(first.store.secret).toEqual(store.secret);
      expect(await first.store.board('b1')).toEqual(boardRecord('b1'));
      // New records on the copy are not mistaken for ones that its snapshots have.
      for (const room of rooms) {
        await first.store.append({ room, person: 'ben', update: new Writer().write(`${room} late`, 'Ben') });
      }
      await first.store.close();
      const second = await openStore(copy);
      const later = await read(second.store);
      expect(
        rooms.filter((room) => !later.has(`${room} late`)),
        `copy ${round}`,
      ).toEqual([]);
      expect(first.journalist.lines.filter(({ level }) => level === 'error')).toEqual([]);
      await second.store.close();
    }
  } finally {
    await writing.stop();
  }
});
