import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../server/store/contract.ts';
import { notes, openStore, temporaryFolder, Writer } from './open-store.ts';

const room = 'b1/board';
const automatic = { kind: 'automatic', name: '', person: '' } as const;
const minute = 60_000;

const filesOf = async (folder: string, ending: string) =>
  (await readdir(join(folder, 'boards/b1'))).filter((name) => name.endsWith(ending));

/** A room with two versions by Ana, a quarter of an hour apart. */
async function twoVersions() {
  const folder = await temporaryFolder();
  const clock = { now: 1_000_000_000 };
  const ana = new Writer();
  const { store } = await openStore(folder, { now: () => clock.now });
  await store.append({ room, person: 'ana', update: ana.write('one', 'Ana') });
  const first = await store.keepVersion(room, { kind: 'named', name: 'Lunch', person: 'ana' });
  clock.now += 15 * minute;
  await store.append({ room, person: 'ana', update: ana.write('two', 'Ana') });
  const second = await store.keepVersion(room, automatic);
  await store.close();
  return { folder, ana, clock, ids: [first?.id ?? '', second?.id ?? ''] as const };
}

const shown = async (state: Promise<Uint8Array | null>) => {
  const snapshot = await state;
  return snapshot && notes({ snapshot, updates: [] });
};

test('a version takes no extra disk space while the document does not change', async () => {
  const folder = await temporaryFolder();
  const { store } = await openStore(folder);
  await store.append({ room, person: 'ana', update: new Writer().write('one', 'Ana') });
  const kept = await store.keepVersion(room, automatic);
  const [file = ''] = await filesOf(folder, '.version');
  const version = await stat(join(folder, 'boards/b1', file));
  expect(version.ino).toBe((await stat(join(folder, 'boards/b1/board.snapshot'))).ino);
  expect(kept?.bytes).toBe(version.size);
});

test('a version file with a changed bit is logged, set aside and no longer listed; all others stay', async () => {
  const { folder, ids } = await twoVersions();
  const path = join(folder, `boards/b1/board.${ids[0]}.version`);
  const whole = await readFile(path);
  const list = await readFile(join(folder, 'boards/b1/board.versions.json'));
  for (let at = 0; at < whole.byteLength; at += 3) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ 16;
    await writeFile(path, flipped);
    await writeFile(join(folder, 'boards/b1/board.versions.json'), list);
    const { store, journalist } = await openStore(folder);
    expect(await store.readVersion(room, ids[0]), `flipped at ${at}`).toBeNull();
    expect(journalist.said('a damaged file was set aside')).toBe(true);
    expect((await store.versions(room)).map(({ id }) => id)).toEqual([ids[1]]);
    expect(await shown(store.readVersion(room, ids[1]))).toEqual({ one: 'Ana', two: 'Ana' });
    expect(notes(await store.load(room))).toEqual({ one: 'Ana', two: 'Ana' });
    await store.close();
  }
});

test('if the list is lost, the versions are found again with their times, as automatic ones', async () => {
  const { folder, ids } = await twoVersions();
  for (const name of await filesOf(folder, '.json')) await rm(join(folder, 'boards/b1', name));
  const { store } = await openStore(folder);
  expect(await store.versions(room)).toMatchObject([
    { id: ids[1], at: 1_000_000_000 + 15 * minute, ...automatic },
    { id: ids[0], at: 1_000_000_000, ...automatic },
  ]);
  expect(await shown(store.readVersion(room, ids[0]))).toEqual({ one: 'Ana' });
});

test('if the list is damaged, the previous copy is used, and the version missing in it is found', async () => {
  const { folder, ids } = await twoVersions();
  await writeFile(join(folder, 'boards/b1/board.versions.json'), '[');
  const { store, journalist } = await openStore(folder);
  expect(await store.versions(room)).toMatchObject([{ id: ids[1] }, { id: ids[0], name: 'Lunch' }]);
  expect(journalist.said('a damaged file was set aside')).toBe(true);
});

describe('a wall clock that is ten years ahead for a while', () => {
  const tenYears = 3_650 * 24 * 60 * minute;

  /** A morning with six versions, ten minutes apart. */
  async function morning() {
    const folder = await temporaryFolder();
    const clock = { now: 1_000_000_000_000, passed: 0 };
    const clocks = { now: () => clock.now, passed: () => clock.passed };
    const ana = new Writer();
    const { store } = await openStore(folder, clocks);
    const write = async (open: Store, note: string) => {
      clock.now += 10 * minute;
      clock.passed += 10 * minute;
      await open.append({ room, person: 'ana', update: ana.write(note, 'Ana') });
      return (await open.keepVersion(room, automatic))?.id ?? '';
    };
    const ids: string[] = [];
    for (let n = 1; n <= 6; n++) ids.push(await write(store, `note ${n}`));
    return { folder, clock, clocks, store, write, ids };
  }
  const idsIn = async (store: Store) => (await store.versions(room)).map(({ id }) => id).sort();

  test('if it is set while the server runs, no version is removed', async () => {
    const { clock, store, write, ids } = await morning();
    clock.now += tenYears;
    for (let n = 7; n <= 12; n++) ids.push(await write(store, `note ${n}`));
    clock.now -= tenYears;
    ids.push(await write(store, 'note 13'));
    expect(await idsIn(store)).toEqual([...ids].sort());
    expect(await shown(store.readVersion(room, ids[0] ?? ''))).toEqual({ 'note 1': 'Ana' });
  });

  test('if it is set before the server starts, each new version removes two old ones', async () => {
    const { folder, clock, clocks, store, write, ids } = await morning();
    await store.close();
    clock.now += tenYears;
    const { store: again } = await openStore(folder, clocks);
    ids.push(await write(again, 'note 7'));
    expect(await idsIn(again)).toEqual(ids.slice(2).sort());
  });
});

test('a version stored while the clock showed 1970 does not stay forever', async () => {
  const folder = await temporaryFolder();
  const clock = { now: 0 };
  const { store } = await openStore(folder, { now: () => clock.now, passed: () => 0 });
  await store.append({ room, person: 'ana', update: new Writer().write('one', 'Ana') });
  const first = await store.keepVersion(room, automatic);
  const old = Array.from({ length: 599 }, (_, n) => ({
    ...automatic,
    id: `v${n}`,
    at: n * 10 * minute,
    bytes: 1,
  }));
  await writeFile(join(folder, 'boards/b1/board.versions.json'), JSON.stringify([first, ...old]));
  clock.now = Date.UTC(2026, 2, 12, 9);
  const second = await store.keepVersion(room, automatic);
  const left = (await store.versions(room)).map(({ id }) => id);
  expect(left).toHaveLength(599);
  expect(left[0]).toBe(second?.id);
  expect(left).not.toContain(first?.id);
});

test('versions removed by retention disappear from the list and from the disk', async () => {
  const { folder, ana, clock, ids } = await twoVersions();
  const { store } = await openStore(folder, { now: () => clock.now, passed: () => clock.now });
  clock.now += 91 * 24 * 60 * minute;
  await store.append({ room, person: 'ana', update: ana.write('three', 'Ana') });
  const third = await store.keepVersion(room, automatic);
  expect((await store.versions(room)).map(({ id }) => id)).toEqual([third?.id, ids[0]]);
  expect(await filesOf(folder, '.version')).toHaveLength(2);
});
