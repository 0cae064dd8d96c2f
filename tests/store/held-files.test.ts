import type * as Files from 'node:fs/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { encodeHeld } from '../../server/store/disk/held-files.ts';
import { openStore, temporaryFolder } from './open-store.ts';

/** The number of files being read, and its maximum. */
const reading = vi.hoisted(() => ({ now: 0, most: 0 }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const files = await importOriginal<typeof Files>();
  const readFile = async (...given: Parameters<typeof files.readFile>) => {
    reading.most = Math.max(reading.most, ++reading.now);
    try {
      return await files.readFile(...given);
    } finally {
      reading.now--;
    }
  };
  return { ...files, readFile };
});

test('held copies are read a few at a time', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'boards/b1'), { recursive: true });
  const people = Array.from({ length: 300 }, (_, n) => `person-${n}`);
  for (const person of people) {
    const copy = encodeHeld({
      person,
      name: person,
      at: 7,
      isProven: false,
      update: new Uint8Array([n(person)]),
    });
    await writeFile(join(folder, `boards/b1/board.${person}.held`), copy);
  }
  const { store } = await openStore(folder);
  reading.most = 0;
  const held = await store.held('b1/board');
  expect(held.map(({ person }) => person).sort()).toEqual(people.sort());
  expect(held.every(({ person, update }) => update[0] === n(person))).toBe(true);
  expect(reading.most).toBeLessThanOrEqual(16);
});

const n = (person: string) => Number(person.slice('person-'.length)) % 256;
