import { describe, expect, test } from 'vitest';
import { notes, openStore, temporaryFolder, Writer } from './open-store.ts';
import { FaultyDisk } from './faulty-disk.ts';

const board = 'b1/board';

describe('the journal commits in groups', () => {
  test('appends made during a sync are written with the next', async () => {
    const disk = new FaultyDisk();
    const { store } = await openStore(await temporaryFolder(), { disk });
    disk.writes.length = 0;
    let open = (): void => undefined;
    disk.gate = new Promise((resolve) => (open = resolve));
    const ana = new Writer();
    const first = store.append({ room: board, person: 'ana', update: ana.write('first', 'Ana') });
    // The others are appended only while the first is being written.
    await new Promise((resolve) => setImmediate(resolve));
    const others = Array.from({ length: 100 }, (_, n) =>
      store.append({ room: `b${n}/board`, person: 'ben', update: new Writer().write('one', 'Ben') }),
    );
    open();
    await Promise.all([first, ...others]);
    expect(disk.writes).toHaveLength(2);
  });

  test('thousands of records in one tick are one write', async () => {
    const disk = new FaultyDisk();
    const folder = await temporaryFolder();
    const first = await openStore(folder, { disk });
    disk.writes.length = 0;
    const ana = new Writer();
    const updates = Array.from({ length: 2_500 }, (_, n) => ana.write(`note ${n}`, 'Ana'));
    await Promise.all(updates.map((update) => first.store.append({ room: board, person: 'ana', update })));
    expect(disk.writes).toEqual(['00000001.log']);
    await first.store.close();
    const { store } = await openStore(folder);
    expect((await store.load(board)).updates.map((bytes) => [...bytes])).toEqual(
      updates.map((bytes) => [...bytes]),
    );
  });
});

describe('a disk that writes fewer bytes than requested', () => {
  test.each([1, 7, 100])('%i bytes at a time: every record is there', async (mostBytes) => {
    const disk = new FaultyDisk();
    const folder = await temporaryFolder();
    const first = await openStore(folder, { disk });
    disk.mostBytes = mostBytes;
    const ana = new Writer();
    const updates = Array.from({ length: 10 }, (_, n) => ana.write(`note ${n}`, 'Ana'));
    await Promise.all(updates.map((update) => first.store.append({ room: board, person: 'ana', update })));
    await first.store.close();
    const { store, journalist } = await openStore(folder);
    expect((await store.load(board)).updates).toHaveLength(10);
    expect(journalist.lines).toEqual([]);
  });
});

describe.each(['sync', 'write'] as const)('a disk on which each %s fails', (failing) => {
  test('acknowledges nothing, reports it, and continues by itself when the disk works again', async () => {
    const disk = new FaultyDisk();
    const folder = await temporaryFolder();
    const { store, journalist } = await openStore(folder, { disk });
    const [ana, ben] = [new Writer(), new Writer()];
    const append = (update: Uint8Array) => store.append({ room: board, person: 'ana', update });
    await append(ana.write('one', 'saved'));
    disk.failing = failing;
    await expect(append(ana.write('two', 'not saved'))).rejects.toThrow('cannot be written');
    expect(store.failure?.message).toContain('cannot be written');
    await expect(append(ana.write('three', 'not saved'))).rejects.toThrow('cannot be written');
    expect(notes(await store.load(board))).toEqual({ one: 'saved' });

    const healed = journalist.hears('can be written again');
    disk.failing = null;
    await healed;
    expect(store.failure).toBeNull();
    await store.append({ room: 'b2/board', person: 'ben', update: ben.write('one', 'saved') });
    await store.close();
    // The failed file was never written again.
    expect(disk.writes.lastIndexOf('00000001.log')).toBe(disk.writes.indexOf('00000001.log') + 2);

    const next = await openStore(folder);
    expect(notes(await next.store.load(board))).toMatchObject({ one: 'saved' });
    expect(notes(await next.store.load('b2/board'))).toEqual({ one: 'saved' });
    expect(next.journalist.said('torn tail')).toBe(failing === 'write');
  });

  test('rejects updates that depend on a lost one; a room continues from its stored state after a load', async () => {
    const disk = new FaultyDisk();
    const folder = await temporaryFolder();
    const { store, journalist } = await openStore(folder, { disk });
    const append = (update: Uint8Array) => store.append({ room: board, person: 'ana', update });
    disk.failing = failing;
    await expect(append(new Writer().write('one', 'lost'))).rejects.toThrow();
    const healed = journalist.hears('can be written again');
    disk.failing = null;
    await healed;
    await expect(append(new Writer().write('later', 'not taken'))).rejects.toThrow('load the room again');
    expect(notes(await store.load(board))).toEqual({});
    await append(new Writer().write('two', 'saved'));
    await store.close();
    const next = await openStore(folder);
    expect(notes(await next.store.load(board))).toMatchObject({ two: 'saved' });
  });

  test('can be closed, and releases the folder', async () => {
    const disk = new FaultyDisk();
    const folder = await temporaryFolder();
    const { store } = await openStore(folder, { disk });
    disk.failing = failing;
    const append = store.append({ room: board, person: 'ana', update: new Writer().write('one', 'lost') });
    await expect(append).rejects.toThrow();
    await store.close();
    const next = await openStore(folder);
    expect(next.store.failure).toBeNull();
  });
});
