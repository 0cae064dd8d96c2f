import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { boardRecord } from './board-record.ts';
import { notes, openStore, temporaryFolder, Writer } from './open-store.ts';
import { storeContract } from './store-contract.ts';

storeContract('the disk store', async () => {
  const folder = await temporaryFolder();
  let { store } = await openStore(folder);
  return {
    store,
    reopen: async () => {
      await store.close();
      ({ store } = await openStore(folder));
      return store;
    },
  };
});

const segments = async (folder: string) => (await readdir(join(folder, 'journal'))).sort();

/** Changes one bit in the middle of a file. */
async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = Math.floor(bytes.byteLength / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 4;
  await writeFile(path, bytes);
}

describe('a damaged file is set aside, and the previous copy is used', () => {
  test.each([
    ['one random byte', '\u0001'],
    ['no bytes', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['half of its JSON', '{"id": "b1", "tit'],
    ['another board', JSON.stringify(boardRecord('b1')).replace('"facilitator"', '"emperor"')],
  ])('board.json holds %s', async (_what, content) => {
    const folder = await temporaryFolder();
    const first = await openStore(folder);
    await first.store.createBoard(boardRecord('b1', 'first'), new Writer().state);
    await first.store.changeBoard('b1', (now) => ({ ...now, title: 'second' }));
    await first.store.close();
    await writeFile(join(folder, 'boards/b1/board.json'), content);
    const { store, journalist } = await openStore(folder, { now: () => 77 });
    expect((await store.board('b1'))?.title).toBe('first');
    expect(await readFile(join(folder, 'boards/b1/board.json.corrupt-77'), 'utf8')).toBe(content);
    expect(journalist.lines.map((line) => line.level)).toEqual(['error', 'warn']);
    await store.changeBoard('b1', (now) => ({ ...now, title: 'third' }));
    await store.close();
    const third = await openStore(folder);
    expect((await third.store.board('b1'))?.title).toBe('third');
    expect(third.journalist.lines).toEqual([]);
  });

  test('the snapshot: the journal’s records are added to the copy', async () => {
    const folder = await temporaryFolder();
    const first = await openStore(folder);
    const ana = new Writer();
    const append = (note: string) =>
      first.store.append({ room: 'b1/draft/ana', person: 'ana', update: ana.write(note, 'Ana') });
    await append('one');
    await first.store.checkpoint('b1/draft/ana');
    await append('two');
    await first.store.checkpoint('b1/draft/ana');
    await append('three');
    await first.store.close();
    await damage(join(folder, 'boards/b1/draft+ana.snapshot'));
    const { store, journalist } = await openStore(folder, { now: () => 77 });
    // The segment with `two` was still there, because `three` needs it.
    expect(notes(await store.load('b1/draft/ana'))).toEqual({ one: 'Ana', two: 'Ana', three: 'Ana' });
    expect(journalist.said('a damaged file was set aside')).toBe(true);
    expect(await readdir(join(folder, 'boards/b1'))).toContain('draft+ana.snapshot.corrupt-77');
  });

  test('a file under the name of another board is not used for that board', async () => {
    const folder = await temporaryFolder();
    const { store } = await openStore(folder);
    await store.createBoard(boardRecord('b1'), new Writer().state);
    await cp(join(folder, 'boards/b1'), join(folder, 'boards/b2'), { recursive: true });
    expect(await store.board('b2')).toBeNull();
  });

  test('the secret: a new one is created', async () => {
    const folder = await temporaryFolder();
    const first = await openStore(folder);
    await first.store.close();
    expect((await stat(join(folder, 'secret.key'))).mode & 0o777).toBe(0o600);
    await writeFile(join(folder, 'secret.key'), 'short');
    const { store, journalist } = await openStore(folder);
    expect(store.secret).toHaveLength(32);
    expect([...store.secret]).not.toEqual([...first.store.secret]);
    expect(journalist.said('the secret was damaged')).toBe(true);
  });
});

describe('a process killed at a bad moment', () => {
  test('while it creates a board: the board does not exist, and can be created', async () => {
    const folder = await temporaryFolder();
    const { store } = await openStore(folder);
    await store.createBoard(boardRecord('b1'), new Writer().state);
    await store.createBoard(boardRecord('b2'), new Writer().state);
    await store.close();
    await rm(join(folder, 'boards/b2/board.json'));
    await writeFile(join(folder, 'boards/b2/board.json.0badcafe-3.tmp'), '{');
    const next = await openStore(folder);
    expect(await next.store.board('b2')).toBeNull();
    await next.store.createBoard(boardRecord('b2', 'again'), new Writer().state);
    expect((await next.store.board('b2'))?.title).toBe('again');
    expect(await readdir(join(folder, 'boards/b2'))).not.toContain('board.json.0badcafe-3.tmp');
  });

  test('between the two renames of a replacement: the previous copy is used', async () => {
    const folder = await temporaryFolder();
    const first = await openStore(folder);
    await first.store.createBoard(boardRecord('b1', 'first'), new Writer().state);
    await first.store.changeBoard('b1', (now) => ({ ...now, title: 'second' }));
    await first.store.close();
    await rm(join(folder, 'boards/b1/board.json'));
    const { store } = await openStore(folder);
    expect((await store.board('b1'))?.title).toBe('first');
    await expect(store.createBoard(boardRecord('b1'), new Writer().state)).rejects.toThrow('already');
  });

  test('while it starts a segment: the incomplete file is set aside', async () => {
    const folder = await temporaryFolder();
    const first = await openStore(folder);
    await first.store.append({ room: 'b1/board', person: 'ana', update: new Writer().write('one', 'Ana') });
    await first.store.close();
    await writeFile(join(folder, 'journal/00000002.log'), 'RESAJ');
    const { store } = await openStore(folder, { now: () => 77 });
    expect(notes(await store.load('b1/board'))).toEqual({ one: 'Ana' });
    expect(await segments(folder)).toEqual(['00000001.log', '00000002.log.torn-77', '00000003.log']);
  });
});

describe('the journal stays short', () => {
  const small = { segmentBytes: 2_000, journalBytes: 8_000 };

  test('it is empty after checkpoints of all rooms, and its sequence continues', async () => {
    const folder = await temporaryFolder();
    const { store } = await openStore(folder);
    const ana = new Writer();
    await store.append({ room: 'b1/board', person: 'ana', update: ana.write('one', 'Ana') });
    await store.checkpoint('b1/board');
    await store.close();
    expect(await segments(folder)).toEqual(['00000002.log']);
    // An empty journal still knows its last sequence: later records are newer than the snapshot.
    const next = await openStore(folder);
    await next.store.append({ room: 'b1/board', person: 'ana', update: ana.write('two', 'Ana') });
    await next.store.close();
    const third = await openStore(folder);
    expect(notes(await third.store.load('b1/board'))).toEqual({ one: 'Ana', two: 'Ana' });
  });

  test('the store compacts rooms that nobody has open', async () => {
    const folder = await temporaryFolder();
    const { store } = await openStore(folder, small);
    const writers = ['b1', 'b2', 'b3'].map((board) => ({ room: `${board}/board`, writer: new Writer() }));
    const text = 'x'.repeat(200);
    for (let n = 0; n < 100; n++) {
      for (const { room, writer } of writers) {
        await store.append({ room, person: 'ana', update: writer.write(`note ${n}`, text) });
      }
    }
    // 300 records of about 240 bytes: 36 segments without compaction. On a busy machine it is behind, and goes on with
    // the next records.
    for (let n = 100; (await segments(folder)).length >= 10; n++) {
      for (const { room, writer } of writers)
        await store.append({ room, person: 'ana', update: writer.write(`note ${n % 100}`, text) });
    }
    await store.close();
    const next = await openStore(folder);
    for (const { room } of writers) expect(Object.keys(notes(await next.store.load(room)))).toHaveLength(100);
  });

  test('the owner of an open room is asked first; without an answer the store compacts it itself', async () => {
    const folder = await temporaryFolder();
    const ana = new Writer();
    const ben = new Writer();
    const asked: string[] = [];
    let underWay = 0;
    let mostUnderWay = 0;
    const { store } = await openStore(folder, {
      ...small,
      onPressure: async (room) => {
        asked.push(room);
        mostUnderWay = Math.max(mostUnderWay, ++underWay);
        if (room === 'b1/board') await store.checkpoint(room);
        underWay--;
      },
    });
    const text = 'x'.repeat(200);
    for (let n = 0; n < 150; n++) {
      await store.append({ room: 'b1/board', person: 'ana', update: ana.write(`note ${n}`, text) });
      while (underWay > 0) await new Promise(setImmediate);
      if (n < 5)
        await store.append({ room: 'b2/board', person: 'ben', update: ben.write(`note ${n}`, text) });
    }
    expect(asked.filter((room) => room === 'b2/board')).toHaveLength(1);
    expect(asked.filter((room) => room === 'b1/board').length).toBeGreaterThan(1);
    expect(mostUnderWay).toBe(1);
    await store.close();
    expect((await segments(folder)).length).toBeLessThan(10);
    const next = await openStore(folder);
    expect(Object.keys(notes(await next.store.load('b1/board')))).toHaveLength(150);
    expect(Object.keys(notes(await next.store.load('b2/board')))).toHaveLength(5);
  });

  test('a board folder from another installation works with a journal that starts at sequence 1', async () => {
    const [there, here] = [await temporaryFolder(), await temporaryFolder()];
    const far = await openStore(there);
    const ana = new Writer();
    for (let n = 0; n < 50; n++) {
      await far.store.append({ room: 'b1/board', person: 'ana', update: ana.write(`note ${n}`, 'there') });
    }
    await far.store.createBoard(boardRecord('b1'), ana.state);
    await far.store.close();
    await cp(join(there, 'boards'), join(here, 'boards'), { recursive: true });
    const first = await openStore(here);
    await first.store.append({ room: 'b1/board', person: 'ana', update: ana.write('note 50', 'here') });
    await first.store.close();
    const { store } = await openStore(here);
    expect(notes(await store.load('b1/board'))).toMatchObject({ 'note 49': 'there', 'note 50': 'here' });
  });
});

test('a folder with 1,000 boards opens without reading them', async () => {
  const folder = await temporaryFolder();
  const text = JSON.stringify(boardRecord('b'));
  for (let n = 0; n < 1000; n++) {
    await mkdir(join(folder, `boards/b${n}`), { recursive: true });
    await writeFile(join(folder, `boards/b${n}/board.json`), text.replace('"b"', `"b${n}"`));
  }
  const started = performance.now();
  const { store } = await openStore(folder);
  console.log(`opened beside 1,000 boards in ${(performance.now() - started).toFixed(1)} ms`);
  expect((await store.board('b999'))?.id).toBe('b999');
});
