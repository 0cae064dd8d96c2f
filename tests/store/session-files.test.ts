import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boardRecord } from './board-record.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { openStore, temporaryFolder, Writer } from './open-store.ts';
import { sessionRecord } from './session-record.ts';

async function withSessions(...versions: readonly number[]) {
  const folder = await temporaryFolder();
  const { store } = await openStore(folder);
  await store.createBoard(boardRecord('b1'), new Writer().state);
  for (const version of versions) await store.keepSession('b1', sessionRecord(version));
  await store.close();
  return { folder, file: join(folder, 'boards/b1/session.json') };
}

test.each([
  ['no bytes', ''],
  ['a list', '[]'],
  ['half of its JSON', '{"board":"b1","agenda":{"it'],
  [
    'an unknown role',
    JSON.stringify({ board: 'b1', ...sessionRecord(2) }).replace('"facilitator"', '"king"'),
  ],
])('session.json holds %s: it is set aside, and the copy before it is used', async (_what, content) => {
  const { folder, file } = await withSessions(1, 2);
  await writeFile(file, content);
  const { store, journalist } = await openStore(folder, { now: () => 77 });
  expect(await store.session('b1')).toEqual({ record: sessionRecord(1), isBehind: true });
  expect(await readFile(`${file}.corrupt-77`, 'utf8')).toBe(content);
  expect(journalist.lines.map(({ level }) => level)).toEqual(['error', 'warn']);
  await store.keepSession('b1', sessionRecord(9));
  expect(await store.session('b1')).toEqual({ record: sessionRecord(9), isBehind: false });
});

test('a damaged session without a copy is none, and says that there was one', async () => {
  const { folder, file } = await withSessions(1);
  await writeFile(file, 'nothing');
  const { store } = await openStore(folder);
  expect(await store.session('b1')).toEqual({ record: null, isBehind: true });
});

test('the session of another board is not read', async () => {
  const { folder, file } = await withSessions(1);
  await writeFile(file, JSON.stringify({ board: 'B1', ...sessionRecord(1) }));
  const { store } = await openStore(folder);
  expect(await store.session('b1')).toEqual({ record: null, isBehind: false });
});

test('on a full disk a session is not stored, and the one before it stays', async () => {
  const { folder } = await withSessions(1);
  const disk = new FaultyDisk();
  const { store } = await openStore(folder, { disk });
  disk.refusesFiles = true;
  await expect(store.keepSession('b1', sessionRecord(2, true))).rejects.toThrow('no space');
  expect((await store.session('b1')).record).toEqual(sessionRecord(1));
  disk.refusesFiles = false;
  await store.keepSession('b1', sessionRecord(2, true));
  expect((await store.session('b1')).record).toEqual(sessionRecord(2, true));
});

test('a mark of a timer that has ended is removed when the session is read', async () => {
  const { folder } = await withSessions(1);
  const first = await openStore(folder);
  await first.store.keepSession('b1', sessionRecord(2, true));
  await first.store.close();
  const timers = join(folder, 'timers');
  expect(await readdir(timers)).toEqual(['b1']);
  await writeFile(
    join(folder, 'boards/b1/session.json'),
    JSON.stringify({ board: 'b1', ...sessionRecord(3) }),
  );
  await writeFile(join(timers, 'nobody'), '');
  const { store } = await openStore(folder);
  expect([...(await store.timedBoards())].sort()).toEqual(['b1', 'nobody']);
  for (const id of ['b1', 'nobody']) await store.session(id);
  expect(await store.timedBoards()).toEqual([]);
  expect(await readdir(timers)).toEqual([]);
});

test('a session is not stored after its board was deleted, and leaves no file behind', async () => {
  const { folder } = await withSessions(1);
  const { store } = await openStore(folder);
  const underWay = [
    store.keepSession('b1', sessionRecord(2, true)),
    store.keepSession('b1', sessionRecord(3, true)),
  ];
  expect(await store.deleteBoard('b1')).toBe(true);
  await Promise.allSettled(underWay);
  expect(await readdir(join(folder, 'boards'))).toEqual([]);
  expect(await store.timedBoards()).toEqual([]);
});
