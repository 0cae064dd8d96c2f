import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { History } from '../../../server/history/history.ts';
import { Repairs } from '../../../server/history/repairs.ts';
import { addCard, cards } from '../../../shared/collections/card.ts';
import { openRoots } from '../../../shared/documents.ts';
import { schemaOf } from '../../../shared/schema/document.ts';
import { setField } from '../../../shared/schema/editor.ts';
import type { SchemaTwo } from '../schema-two.ts';
import { boardOf, documentsOf, evidenceIn, schemaTwo } from '../schema-two.ts';
import { workHere, workOn } from '../work-here.ts';
import type { House, HouseOptions } from './harness.ts';
import { board, openHouseOn } from './harness.ts';
import { MemoryStore } from './memory-store.ts';

const room = `${board}/board`;

let store: MemoryStore;
let house: House;
let schema: SchemaTwo;

beforeEach(() => {
  schema = schemaTwo();
  store = new MemoryStore();
  store.addBoard(board);
});

afterEach(() => house.close());

/** Starts a server with the second layout on the stored data. */
async function open(options: HouseOptions = { documents: documentsOf(schema) }): Promise<void> {
  house = await openHouseOn(store, options);
  for (const person of ['ana', 'ben']) house.membership(person);
  house.membership('lea', 'facilitator');
}

async function restart(options?: HouseOptions): Promise<void> {
  await house.close();
  store.reopened();
  await open(options);
}

const keep = (state: Uint8Array) => store.append({ room, person: '', update: state });

function copyOf(...states: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  openRoots(doc);
  for (const state of states) Y.applyUpdate(doc, state);
  return doc;
}

async function stored(): Promise<Y.Doc> {
  const { snapshot, updates } = await store.load(room);
  return copyOf(...(snapshot ? [snapshot] : []), ...updates);
}

async function record() {
  const found = await store.board(board);
  if (!found) throw new Error('the board is gone');
  return found;
}

/** The server's own journal entries that change the layout. */
const migrationsInJournal = () =>
  store.journal.filter(({ person, update }) => {
    const first = store.journal[0]?.update ?? update;
    return person === '' && schemaOf(copyOf(first, update)) === 2;
  }).length;

describe('M1 a document of an older layout', () => {
  test('is migrated when a person joins; the migration is journalled, and a version stored before', async () => {
    await keep(boardOf(1));
    await open();
    const ana = await house.stock('ana', 2).synced();
    expect([schemaOf(ana.doc), evidenceIn(ana.doc), schema.runs]).toEqual([2, 'partly', 1]);
    const disk = await stored();
    expect([schemaOf(disk), evidenceIn(disk)]).toEqual([2, 'partly']);
    const versions = await store.versions(room);
    expect(versions).toMatchObject([
      { kind: 'before-restore', name: 'Before update to schema 2', person: '' },
    ]);
    const before = copyOf((await store.readVersion(room, versions[0]?.id ?? '')) ?? new Uint8Array());
    expect([schemaOf(before), evidenceIn(before)]).toEqual([1, undefined]);
    expect((await record()).schema).toBe(2);
    expect(house.log.join('')).toContain('layout of this release');
  });

  test('has the first layout if it names none; a document that was never written gets the server’s', async () => {
    await keep(boardOf());
    await open();
    expect(evidenceIn((await house.stock('ana', 2).synced()).doc)).toBe('partly');
    await house.close();
    store = new MemoryStore();
    store.addBoard(board);
    await open();
    expect(schemaOf((await house.stock('ana', 2).synced()).doc)).toBe(2);
    expect(await store.versions(room)).toEqual([]);
  });

  test('is not sent to anybody before the new layout is on disk', async () => {
    await keep(boardOf(1));
    await open();
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const keepVersion = store.keepVersion.bind(store);
    const kept = vi.spyOn(store, 'keepVersion').mockImplementation(async (...label) => {
      await gate;
      return keepVersion(...label);
    });
    const ana = await house.raw('ana', { control: true, schema: 2 });
    const ben = await house.raw('ben', { schema: 2 });
    ana.step1(new Y.Doc());
    ben.step1(new Y.Doc());
    while (kept.mock.calls.length === 0) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([ana.heard, ben.heard]).toEqual([[], []]);
    go();
    for (const one of [ana, ben]) {
      const doc = await one.state();
      expect([schemaOf(doc), evidenceIn(doc)]).toEqual([2, 'partly']);
    }
    expect(ana.heard.filter((one) => one.kind === 'control' && one.control.kind === 'welcome')).toHaveLength(
      1,
    );
    expect(schema.runs).toBe(1);
  });

  test('is migrated once, and not again after a restart, whatever the board’s record says', async () => {
    await keep(boardOf(1));
    await open();
    await house.stock('ana', 2).synced();
    for (const said of [2, 1]) {
      await restart();
      await store.changeBoard(board, (now) => ({ ...now, schema: said }));
      expect(evidenceIn((await house.stock('ana', 2).synced()).doc)).toBe('partly');
      expect((await record()).schema).toBe(2);
    }
    expect(schema.runs).toBe(1);
    expect(await store.versions(room)).toHaveLength(1);
    expect(migrationsInJournal()).toBe(1);
  });

  test.each([
    ['before', true],
    ['after', false],
  ])('is complete if the server is killed %s its migration is on disk', async (_when, isLost) => {
    await keep(boardOf(1));
    await open();
    const append = store.append.bind(store);
    vi.spyOn(store, 'append').mockImplementationOnce(async (entry) => {
      if (!isLost) await append(entry);
      throw new Error('no space left');
    });
    const ana = await house.raw('ana', { control: true, schema: 2 });
    expect(await ana.closed).toEqual({ code: 1013, reason: 'load-failed' });
    expect(ana.heard).toEqual([]);
    await restart();
    const { doc } = await house.stock('ana', 2).synced();
    expect([schemaOf(doc), evidenceIn(doc)]).toEqual([2, 'partly']);
    expect(schema.runs).toBe(isLost ? 2 : 1);
    expect(migrationsInJournal()).toBe(1);
  });

  test('is not changed while the disk fails, and is migrated when it recovers', async () => {
    await keep(boardOf(1));
    await open();
    store.fail(new Error('no space left'));
    const ana = await house.raw('ana', { control: true, schema: 2 });
    expect(await ana.closed).toEqual({ code: 1013, reason: 'load-failed' });
    expect([ana.heard, schema.runs]).toEqual([[], 0]);
    store.fail(null);
    expect(evidenceIn((await house.stock('ana', 2).synced()).doc)).toBe('partly');
  });

  test('is migrated even if its record says that it is, as after a damaged file', async () => {
    await keep(boardOf(1));
    await store.changeBoard(board, (now) => ({ ...now, schema: 2 }));
    await open();
    const ana = await house.raw('ana', { schema: 2 });
    expect(await ana.closed).toEqual({ code: 1012, reason: 'restart' });
    expect(evidenceIn((await house.stock('ana', 2).synced()).doc)).toBe('partly');
  });

  test('has the same content after two migrations', () => {
    const docs = [copyOf(boardOf(1)), copyOf(boardOf(1))] as const;
    for (const doc of docs) schema.migrations.forEach((one) => one.run(doc));
    // Two copies that were migrated separately, as by servers before and after a backup was restored.
    Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1]));
    schema.migrations.forEach((one) => one.run(docs[0]));
    expect(evidenceIn(docs[0])).toBe('partly');
  });
});

describe('M2 a client that does not know the layout', () => {
  beforeEach(async () => {
    await keep(boardOf(1));
    await open();
  });

  test.each([[undefined], [1], [NaN], [-2]])('and sends %s must reload, and gets no data', async (said) => {
    const ana = await house.raw('ana', { schema: said });
    expect(await ana.closed).toEqual({ code: 4426, reason: 'reload' });
    expect(ana.heard).toEqual([]);
  });

  test('does not reconnect if it is a stock client', async () => {
    const ana = house.stock('ana');
    expect(await ana.ended()).toMatchObject({ code: 4426, reason: 'reload' });
    expect(ana.provider.shouldConnect).toBe(false);
  });

  test('must reload too if it is a page that sends its layout', async () => {
    const ana = await house.raw('ana', { control: true, schema: 1 });
    expect(await ana.closed).toEqual({ code: 4426, reason: 'reload' });
  });

  test('is closed if it is a page of the last release, which sends no layout and keeps its edits', async () => {
    const ana = await house.raw('ana', { control: true });
    expect(await ana.closed).toEqual({ code: 4401, reason: 'kicked' });
  });

  test('does not affect clients that know the layout', async () => {
    for (const said of [2, 3]) expect(schemaOf(await (await joined(said)).state())).toBe(2);
  });

  const joined = async (said: number) => house.raw(said === 2 ? 'ana' : 'ben', { schema: said });
});

test('M2 a server of the first layout admits a client that sends no layout', async () => {
  await open({});
  await house.stock('ana').synced();
  expect(await store.versions(room)).toEqual([]);
});

describe('M3 a document of a newer layout than the server’s', () => {
  test.each([
    ['its record says so', 2],
    ['only the document says so', 1],
  ])('is not opened, and nothing is written: %s', async (_how, said) => {
    await keep(boardOf(2));
    await store.changeBoard(board, (now) => ({ ...now, schema: said }));
    const written = store.journal.length;
    await open({});
    for (const person of ['ana', 'ben']) {
      const one = await house.raw(person);
      one.step2(boardOf(1));
      expect(await one.closed).toEqual({ code: 1013, reason: 'newer-schema' });
    }
    await expect(house.rooms.write(board, 'board', boardOf(1))).rejects.toThrow();
    expect(store.journal).toHaveLength(written);
    expect(await store.versions(room)).toEqual([]);
    expect(schemaOf(await stored())).toBe(2);
    expect(house.rooms.report()).toMatchObject([{ state: 'quarantined' }]);
    expect(house.log.join('')).toContain('"code":"newer-schema"');
    // The release that wrote it runs again.
    await restart({ documents: documentsOf(schema) });
    expect(schemaOf((await house.stock('ana', 2).synced()).doc)).toBe(2);
    expect(schema.runs).toBe(0);
  });

  test('closes a room that finds it when it reads the document again after a failed commit', async () => {
    await open({});
    const ana = await house.stock('ana').synced();
    const ended = new Promise<CloseEvent | null>((resolve) => ana.provider.on('connection-close', resolve));
    vi.spyOn(store, 'load').mockResolvedValue({ ...(await store.load(room)), snapshot: boardOf(2) });
    store.break(new Error('no space left'));
    addCard(ana.editor, { lane: 'l', phase: 'p', step: null }, { text: 'during' });
    expect(await ended).toMatchObject({ code: 1013, reason: 'load-failed' });
    expect(house.log.join('')).toContain('the document on disk cannot be opened; the room is closed');
    // A transition that is not allowed would be a bug.
    expect(house.log.join('')).not.toContain('A room cannot change');
    expect(await (await house.raw('ben')).closed).toEqual({ code: 1013, reason: 'newer-schema' });
  });
});

test('M3 a board that was migrated is reset to the version before, for a server with the old layout', async () => {
  await keep(boardOf(1));
  await open();
  await house.stock('ana', 2).synced();
  await restart({});
  expect(await (await house.raw('ana')).closed).toEqual({ code: 1013, reason: 'newer-schema' });
  const [before] = await store.versions(room);
  const repairs = new Repairs({ store, live: house.rooms, work: workHere, log: pino({ level: 'silent' }) });
  expect(await repairs.reset(await record(), 'board', before?.id ?? '')).toBe('done');
  const { doc } = await house.stock('ana').synced();
  expect([schemaOf(doc), evidenceIn(doc)]).toEqual([1, undefined]);
});

describe('M4 a version of an older layout', () => {
  let history: History;
  let repairs: Repairs;
  let then: string;

  beforeEach(async () => {
    await keep(boardOf(1));
    then = (await store.keepVersion(room, { kind: 'named', name: 'Then', person: '' }))?.id ?? '';
    await open();
    const work = workOn(documentsOf(schema));
    repairs = new Repairs({ store, live: house.rooms, work, log: pino({ level: 'silent' }) });
    history = new History({ store, live: house.rooms, repairs, work });
  });

  const order = async () => ({ record: await record(), document: 'board', version: then, person: 'lea' });

  test('that is restored is migrated first', async () => {
    const lea = await house.stock('lea', 2).synced();
    setField(lea.editor, cards, 'one', 'evidence', 'data');
    while (evidenceIn(await stored()) !== 'data') await new Promise(setImmediate);
    expect(await history.restore(await order())).toMatchObject({ kind: 'done' });
    await lea.sees(() => evidenceIn(lea.doc) === 'partly');
    expect(schemaOf(await stored())).toBe(2);
  });

  test('can be restored into a document that nobody has opened since', async () => {
    expect(await history.restore(await order())).toMatchObject({ kind: 'done', edit: { update: null } });
    expect([schemaOf(await stored()), evidenceIn(await stored())]).toEqual([2, 'partly']);
  });

  test('that the board is reset to is migrated when it is opened', async () => {
    await house.stock('lea', 2).synced();
    expect(await repairs.reset(await record(), 'board', then)).toBe('done');
    expect(schemaOf(await stored())).toBe(1);
    const { doc } = await house.stock('lea', 2).synced();
    expect([schemaOf(doc), evidenceIn(doc)]).toEqual([2, 'partly']);
  });

  test('a document that nobody has opened since is rebuilt in the new layout', async () => {
    expect(await repairs.rebuild(await record(), 'board', 'lea')).toMatchObject({ kind: 'rebuilt' });
    const { doc } = await house.stock('lea', 2).synced();
    expect([schemaOf(doc), evidenceIn(doc)]).toEqual([2, 'partly']);
  });

  test('previews an edit in the new layout', async () => {
    const state = (await store.readVersion(room, then)) ?? new Uint8Array();
    expect(await workOn(documentsOf(schema)).preview('board', state, new Uint8Array([0, 0]))).toEqual({
      changes: [],
      total: 0,
    });
  });

  test('of a newer layout is not restored, nor is one into an older document that was not opened', async () => {
    const first = workOn(documentsOf({ version: 1, migrations: [] }));
    await expect(first.restore('board', boardOf(1), boardOf(2))).rejects.toThrow('newer release');
    await expect(workOn(documentsOf(schema)).restore('board', boardOf(1), boardOf(2))).rejects.toThrow(
      'another layout',
    );
  });
});
