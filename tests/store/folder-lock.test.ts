import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FolderInUse, lockFolder } from '../../server/store/disk/folder-lock.ts';
import { openStore, temporaryFolder } from './open-store.ts';

test('a second process gets an error with the id of the first, and changes nothing', async () => {
  const folder = await temporaryFolder();
  const { store } = await openStore(folder);
  const journal = await readdir(join(folder, 'journal'));
  await expect(openStore(folder)).rejects.toThrow(FolderInUse);
  await expect(openStore(folder)).rejects.toThrow(`in use by process ${process.pid}`);
  expect(await readdir(join(folder, 'journal'))).toEqual(journal);
  await store.close();
  const next = await openStore(folder);
  expect(next.store.failure).toBeNull();
});

test.each([
  ['of a process that has ended', (lock: string) => lock.replace(/"pid":\d+/, '"pid":4194399')],
  [
    'of an earlier process with the same number',
    (lock: string) => lock.replace(/"started":"\d+"/, '"started":"1"'),
  ],
  ['from before the last boot', (lock: string) => lock.replace(/"boot":"[^"]+"/, '"boot":"earlier"')],
  ['that is empty', () => ''],
  ['that is not a lock', () => '[1]'],
])('a lock %s is replaced', async (_what, alter) => {
  const folder = await temporaryFolder();
  const { store } = await openStore(folder);
  const lock = await readFile(join(folder, 'lock'), 'utf8');
  await store.close();
  await writeFile(join(folder, 'lock'), alter(lock));
  const next = await openStore(folder);
  expect(next.store.failure).toBeNull();
  expect((await readdir(folder)).sort()).toEqual([
    'boards',
    'deleted',
    'journal',
    'lock',
    'lock.spare',
    'secret.key',
  ]);
});

test('of many processes that start at once after a kill, one gets the lock', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), '{"pid":4194399,"started":"1","boot":"earlier"}');
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(join(folder, 'lock'))));
  expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  const others = all.filter((one) => one.status === 'rejected').map((one): unknown => one.reason);
  expect(others.every((reason) => reason instanceof FolderInUse)).toBe(true);
  expect((await readdir(folder)).sort()).toEqual(['lock', 'lock.spare']);
});
