import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boardRecord } from './board-record.ts';
import { notes, openStore, temporaryFolder, Writer } from './open-store.ts';
import { FaultyDisk } from './faulty-disk.ts';

test('segments needed only by a deleted board are freed, at once and after a restart', async () => {
  const folder = await temporaryFolder();
  const first = await openStore(folder, { segmentBytes: 1_000 });
  const ana = new Writer();
  await first.store.createBoard(boardRecord('b1'), new Writer().state);
  for (let n = 0; n < 100; n++) {
    await first.store.append({ room: 'b1/board', person: 'ana', update: ana.write(`note ${n}`, 'Ana') });
  }
  const segments = () => readdir(join(folder, 'journal'));
  expect((await segments()).length).toBeGreaterThan(5);
  await first.store.deleteBoard('b1');
  await first.store.close();
  expect(await segments()).toHaveLength(1);
  expect(await readdir(join(folder, 'boards'))).toEqual([]);
  expect(await readdir(join(folder, 'deleted'))).toEqual(['b1']);
});

test('on a full disk a deletion fails, and the board stays and accepts later edits', async () => {
  const folder = await temporaryFolder();
  const disk = new FaultyDisk();
  const { store } = await openStore(folder, { disk });
  await store.createBoard(boardRecord('b1'), new Writer().state);
  disk.refusesFiles = true;
  await expect(store.deleteBoard('b1')).rejects.toThrow('no space');
  disk.refusesFiles = false;
  expect(await store.board('b1')).toEqual(boardRecord('b1'));
  await store.append({ room: 'b1/board', person: 'ana', update: new Writer().write('one', 'Ana') });
  expect(notes(await store.load('b1/board'))).toEqual({ one: 'Ana' });
  expect(await store.deleteBoard('b1')).toBe(true);
});

test('pending work on a board ends when it is deleted, and leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  const { store } = await openStore(folder);
  await store.createBoard(boardRecord('b1'), new Writer().state);
  const append = (note: string) =>
    store.append({ room: 'b1/board', person: 'ana', update: new Writer().write(note, 'Ana') });
  await append('one');
  const underWay = [
    append('two'),
    store.checkpoint('b1/board'),
    store.keepVersion('b1/board', { kind: 'automatic', name: '', person: '' }),
  ];
  expect(await store.deleteBoard('b1')).toBe(true);
  await Promise.allSettled(underWay);
  expect(await readdir(join(folder, 'boards'))).toEqual([]);
});
