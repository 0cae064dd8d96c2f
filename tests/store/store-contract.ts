import { describe, expect, test } from 'vitest';
import type { Store } from '../../server/store/contract.ts';
import { BoardExists } from '../../server/store/contract.ts';
import { boardRecord } from './board-record.ts';
import { notes, Writer } from './open-store.ts';
import { sessionRecord } from './session-record.ts';

/** A store for a test, and a way to reopen it. */
export interface Opened {
  readonly store: Store;
  /** Closes the store and opens it again on the same data. */
  readonly reopen: () => Promise<Store>;
}

/** The tests for every implementation of a store. `open` returns an empty one. */
export function storeContract(name: string, open: () => Promise<Opened>): void {
  describe(`${name} keeps the contract of a store`, () => {
    test('1. a new board exists with its document, also after reopening', async () => {
      const { store, reopen } = await open();
      const ana = new Writer();
      ana.write('title', 'Booking');
      expect(await store.board('b1')).toBeNull();
      await store.createBoard(boardRecord('b1'), ana.state);
      expect(await store.board('b1')).toEqual(boardRecord('b1'));
      expect(notes(await store.load('b1/board'))).toEqual({ title: 'Booking' });
      const tomorrow = await reopen();
      expect(await tomorrow.board('b1')).toEqual(boardRecord('b1'));
      expect(notes(await tomorrow.load('b1/board'))).toEqual({ title: 'Booking' });
    });

    test('2. a board is created once, even if two ask at the same time', async () => {
      const { store } = await open();
      const both = await Promise.allSettled([
        store.createBoard(boardRecord('b1', 'by Ana'), new Writer().state),
        store.createBoard(boardRecord('b1', 'by Ben'), new Writer().state),
      ]);
      expect(both.map((one) => one.status)).toEqual(['fulfilled', 'rejected']);
      expect(both[1]).toMatchObject({ reason: expect.any(BoardExists) as unknown });
      expect((await store.board('b1'))?.title).toBe('by Ana');
    });

    test('3. changes to one board run in order, and are stored', async () => {
      const { store, reopen } = await open();
      await store.createBoard(boardRecord('b1', ''), new Writer().state);
      const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      await Promise.all(
        letters.map((letter) => store.changeBoard('b1', (now) => ({ ...now, title: now.title + letter }))),
      );
      expect((await store.board('b1'))?.title).toBe('abcdefgh');
      expect((await (await reopen()).board('b1'))?.title).toBe('abcdefgh');
    });

    test('4. a change that throws, or changes the board’s id, has no effect', async () => {
      const { store } = await open();
      await store.createBoard(boardRecord('b1'), new Writer().state);
      const slip = () => {
        throw new Error('a slip');
      };
      await expect(store.changeBoard('b1', slip)).rejects.toThrow('a slip');
      await expect(store.changeBoard('b1', (now) => ({ ...now, id: 'b2' }))).rejects.toThrow();
      expect(await store.board('b1')).toEqual(boardRecord('b1'));
      expect(await store.changeBoard('nobody', (now) => now)).toBeNull();
    });

    test('5. a room that was never written is empty', async () => {
      const { store } = await open();
      expect(await store.load('b1/draft/ana')).toEqual({
        snapshot: null,
        updates: [],
        sequence: 0,
        owners: new Map(),
        isBehind: false,
      });
      expect(await store.checkpoint('b1/draft/ana')).toBeNull();
    });

    test('6. appended updates are read in order, also after reopening, each room separately', async () => {
      const { store, reopen } = await open();
      const [ana, ben] = [new Writer(), new Writer()];
      const first = ana.write('one', 'Ana');
      const second = ana.write('two', 'Ana');
      const other = ben.write('one', 'Ben');
      await Promise.all([
        store.append({ room: 'b1/board', person: 'ana', update: first }),
        store.append({ room: 'b2/board', person: 'ben', update: other }),
        store.append({ room: 'b1/board', person: 'ana', update: second }),
      ]);
      expect((await store.load('b1/board')).updates.map((bytes) => [...bytes])).toEqual([
        [...first],
        [...second],
      ]);
      const tomorrow = await reopen();
      expect((await tomorrow.load('b1/board')).updates.map((bytes) => [...bytes])).toEqual([
        [...first],
        [...second],
      ]);
      expect(notes(await tomorrow.load('b2/board'))).toEqual({ one: 'Ben' });
    });

    test('7. a load includes all earlier appends', async () => {
      const { store } = await open();
      const appended = store.append({
        room: 'b1/board',
        person: 'ana',
        update: new Writer().write('one', 'Ana'),
      });
      expect(notes(await store.load('b1/board'))).toEqual({ one: 'Ana' });
      await appended;
    });

    test('8. the buffer of an append may be reused at once', async () => {
      const { store } = await open();
      const update = new Writer().write('one', 'Ana');
      const appended = store.append({ room: 'b1/board', person: 'ana', update });
      update.fill(0);
      await appended;
      expect(notes(await store.load('b1/board'))).toEqual({ one: 'Ana' });
    });

    test('9. a checkpoint replaces the appends up to its sequence, and no later ones', async () => {
      const { store, reopen } = await open();
      const ana = new Writer();
      await store.append({ room: 'b1/board', person: 'ana', update: ana.write('one', 'Ana') });
      // None of these three waits for the one before.
      const under = store.append({ room: 'b1/board', person: 'ana', update: ana.write('two', 'Ana') });
      const point = store.checkpoint('b1/board');
      const after = store.append({ room: 'b1/board', person: 'ana', update: ana.write('three', 'Ana') });
      const [two, made, three] = await Promise.all([under, point, after]);
      expect(three).toBeGreaterThan(two);
      expect(made?.sequence).toBeGreaterThanOrEqual(two);
      const state = { snapshot: made?.state ?? null, updates: [] };
      expect(notes(state)).toMatchObject({ one: 'Ana', two: 'Ana' });
      // It has exactly what its sequence says, so that later readers miss nothing.
      expect(notes(state).three).toBe((made?.sequence ?? 0) >= three ? 'Ana' : undefined);
      const now = await store.load('b1/board');
      expect(now.sequence).toBeGreaterThanOrEqual(three);
      expect(notes(now)).toEqual({ one: 'Ana', two: 'Ana', three: 'Ana' });
      expect(notes(await (await reopen()).load('b1/board'))).toEqual({
        one: 'Ana',
        two: 'Ana',
        three: 'Ana',
      });
    });

    test('10. appends and checkpoints of several days all stay, across reopening', async () => {
      const { store, reopen } = await open();
      const ana = new Writer();
      let today = store;
      for (let day = 1; day <= 6; day++) {
        await today.append({ room: 'b1/board', person: 'ana', update: ana.write(`day ${day}`, 'begun') });
        if (day % 2 === 0) await today.checkpoint('b1/board');
        await today.append({ room: 'b1/board', person: 'ana', update: ana.write(`day ${day}`, 'done') });
        today = await reopen();
      }
      const days = Object.values(notes(await today.load('b1/board')));
      expect(days).toEqual(['done', 'done', 'done', 'done', 'done', 'done']);
    });

    test('11. the secret is created once', async () => {
      const { store, reopen } = await open();
      const secret = [...store.secret];
      expect(secret).toHaveLength(32);
      expect([...(await reopen()).secret]).toEqual(secret);
    });

    test('12. an invalid board id finds nothing and creates nothing; an invalid room name is rejected', async () => {
      const { store } = await open();
      const hostile = [
        '',
        '.',
        '..',
        '../b1',
        'b1/..',
        '/etc',
        'b 1',
        'b1\0',
        'ä',
        'b1\\c',
        'x'.repeat(65),
        'CON.json',
      ];
      for (const id of hostile) {
        expect(await store.board(id)).toBeNull();
        expect(await store.changeBoard(id, (now) => now)).toBeNull();
        await expect(store.createBoard({ ...boardRecord('b1'), id }, new Writer().state)).rejects.toThrow();
      }
      const rooms = [
        ...hostile,
        'b1',
        'b1/',
        '/board',
        'b1//ana',
        '../b1/board',
        'b1/../board',
        'b1/board/ana/x',
        'b1/a+b',
      ];
      for (const room of rooms) {
        await expect(store.load(room)).rejects.toThrow();
        await expect(store.append({ room, person: 'mallory', update: new Uint8Array(2) })).rejects.toThrow();
        await expect(store.checkpoint(room)).rejects.toThrow();
      }
    });

    test('13. close waits for pending work and may be called twice; later calls are rejected', async () => {
      const { store, reopen } = await open();
      const ana = new Writer();
      const last = store.append({ room: 'b1/board', person: 'ana', update: ana.write('last', 'Ana') });
      await Promise.all([store.close(), store.close()]);
      await last;
      await expect(
        store.append({ room: 'b1/board', person: 'ana', update: ana.write('late', 'Ana') }),
      ).rejects.toThrow();
      await expect(store.load('b1/board')).rejects.toThrow();
      expect(notes(await (await reopen()).load('b1/board'))).toEqual({ last: 'Ana' });
    });

    test('14. sequences rise, and a load returns the last one', async () => {
      const { store, reopen } = await open();
      const ana = new Writer();
      const append = (from: Store, note: string) =>
        from.append({ room: 'b1/board', person: 'ana', update: ana.write(note, 'Ana') });
      const first = await append(store, 'one');
      const second = await append(store, 'two');
      expect(second).toBeGreaterThan(first);
      expect((await store.load('b1/board')).sequence).toBeGreaterThanOrEqual(second);
      const tomorrow = await reopen();
      expect((await tomorrow.load('b1/board')).sequence).toBeGreaterThanOrEqual(second);
      expect(await append(tomorrow, 'three')).toBeGreaterThan(second);
    });

    test('15. owners of client ids are stored, and are known after reopening, with and without a checkpoint', async () => {
      const { store, reopen } = await open();
      const [ana, ben] = [new Writer(), new Writer()];
      const room = 'b1/board';
      const byAna = new Map([[ana.client, 'ana']]);
      const byBen = new Map([[ben.client, 'ben']]);
      await store.append({ room, person: 'ana', update: ana.write('one', 'Ana'), owners: byAna });
      const second = await reopen();
      expect((await second.load(room)).owners).toEqual(byAna);
      await second.append({ room, person: 'ben', update: ben.write('two', 'Ben'), owners: byBen });
      await second.append({ room, person: 'ben', update: ben.write('three', 'Ben') });
      await second.checkpoint(room);
      const both = new Map([...byAna, ...byBen]);
      expect((await second.load(room)).owners).toEqual(both);
      expect((await (await reopen()).load(room)).owners).toEqual(both);
    });

    test('16. Ana stores a version, keeps writing, and reads it unchanged; the newest is listed first', async () => {
      const { store, reopen } = await open();
      const ana = new Writer();
      const room = 'b1/draft/ana';
      const append = (note: string) => store.append({ room, person: 'ana', update: ana.write(note, 'Ana') });
      const label = { kind: 'named', name: 'Before lunch', person: 'ana' } as const;
      expect(await store.keepVersion(room, label)).toBeNull();
      await append('one');
      const lunch = await store.keepVersion(room, label);
      expect(lunch).toMatchObject(label);
      await append('two');
      const tea = await store.keepVersion(room, { kind: 'automatic', name: '', person: '' });
      await append('three');
      for (const reach of [() => Promise.resolve(store), reopen]) {
        const each = await reach();
        expect(await each.versions(room)).toEqual([tea, lunch]);
        expect(await each.versions('b1/board')).toEqual([]);
        const read = async (id = '') => notes({ snapshot: await each.readVersion(room, id), updates: [] });
        expect(await read(lunch?.id)).toEqual({ one: 'Ana' });
        expect(await read(tea?.id)).toEqual({ one: 'Ana', two: 'Ana' });
        expect(notes(await each.load(room))).toEqual({ one: 'Ana', two: 'Ana', three: 'Ana' });
        for (const id of ['nothing', '', '..', '../board', 'x'.repeat(65)]) {
          expect(await each.readVersion(room, id)).toBeNull();
        }
      }
    });

    test('17. a deletion removes a board and all its data for good, and no other board', async () => {
      const { store, reopen } = await open();
      const ana = new Writer();
      const update = ana.write('one', 'Ana');
      for (const id of ['b1', 'b10']) {
        await store.createBoard(boardRecord(id), new Writer().state);
        await store.append({ room: `${id}/board`, person: 'ana', update });
        await store.append({ room: `${id}/draft/ana`, person: 'ana', update });
        await store.keepVersion(`${id}/board`, { kind: 'named', name: 'Lunch', person: 'ana' });
      }
      expect([...(await store.boards())].sort()).toEqual(['b1', 'b10']);
      expect(await store.deleteBoard('b1')).toBe(true);
      for (const reach of [() => Promise.resolve(store), reopen]) {
        const each = await reach();
        expect(await each.deleteBoard('b1')).toBe(false);
        expect(await each.deleteBoard('nobody')).toBe(false);
        expect(await each.boards()).toEqual(['b10']);
        expect(await each.board('b1')).toBeNull();
        expect(await each.changeBoard('b1', (now) => now)).toBeNull();
        for (const room of ['b1/board', 'b1/draft/ana']) {
          expect(notes(await each.load(room))).toEqual({});
          expect(await each.versions(room)).toEqual([]);
          expect(await each.checkpoint(room)).toBeNull();
          await expect(each.append({ room, person: 'ana', update })).rejects.toThrow('deleted');
          await expect(each.resetDocument(room, ana.state)).rejects.toThrow('deleted');
        }
        await expect(each.createBoard(boardRecord('b1'), ana.state)).rejects.toThrow(BoardExists);
        expect(notes(await each.load('b10/board'))).toEqual({ one: 'Ana' });
        expect(notes(await each.load('b10/draft/ana'))).toEqual({ one: 'Ana' });
        expect(await each.versions('b10/board')).toHaveLength(1);
      }
    });

    test('18. a reset document has its new state, and the earlier one does not come back', async () => {
      const { store, reopen } = await open();
      const [ana, ben] = [new Writer(), new Writer()];
      const room = 'b1/board';
      const owners = new Map([[ana.client, 'ana']]);
      await store.createBoard(boardRecord('b1'), new Writer().state);
      await store.append({ room, person: 'ana', update: ana.write('one', 'Ana'), owners });
      await store.checkpoint(room);
      await store.append({ room, person: 'ana', update: ana.write('two', 'Ana') });
      ben.write('clean', 'Ben');
      await store.resetDocument(room, ben.state);
      expect(notes(await store.load(room))).toEqual({ clean: 'Ben' });
      await store.append({ room, person: 'ben', update: ben.write('three', 'Ben') });
      for (const reach of [() => Promise.resolve(store), reopen]) {
        const each = await reach();
        expect(notes(await each.load(room))).toEqual({ clean: 'Ben', three: 'Ben' });
        expect((await each.load(room)).owners).toEqual(owners);
        await each.checkpoint(room);
      }
    });

    test('21. held copies are stored once per person, exist after reopening, and are removed by a reset or with the board', async () => {
      const { store, reopen } = await open();
      await store.createBoard(boardRecord('b1'), new Writer().state);
      const held = (person: string, update: number[], isProven = false) => ({
        person,
        name: `${person} of Lund`,
        at: 7,
        isProven,
        update: new Uint8Array(update),
      });
      await store.keepHeld('b1/board', held('ana', [1, 2, 3]));
      await store.keepHeld('b1/board', held('ben', []));
      await store.keepHeld('b1/board', held('ana', [4, 5], true));
      await store.keepHeld('b1/draft/ana', held('ana', [9]));
      const tomorrow = await reopen();
      const all = async (room: string) =>
        [...(await tomorrow.held(room))].sort((a, b) => (a.person < b.person ? -1 : 1));
      expect(await all('b1/board')).toEqual([held('ana', [4, 5], true), held('ben', [])]);
      await tomorrow.dropHeld('b1/board', ['ben', 'nobody']);
      expect(await all('b1/board')).toEqual([held('ana', [4, 5], true)]);
      await tomorrow.resetDocument('b1/board', new Writer().state);
      expect(await all('b1/board')).toEqual([]);
      expect(await all('b1/draft/ana')).toEqual([held('ana', [9])]);
      await tomorrow.deleteBoard('b1');
      expect(await all('b1/draft/ana')).toEqual([]);
      await expect(tomorrow.keepHeld('b1/board', held('ana', []))).rejects.toThrow();
    });

    test('19. owners of client ids can be read without a load, including the journal’s and those of each version', async () => {
      const { store, reopen } = await open();
      const [ana, ben] = [new Writer(), new Writer()];
      const room = 'b1/board';
      const byAna = new Map([[ana.client, 'ana']]);
      const both = new Map([...byAna, [ben.client, 'ben']]);
      expect(await store.owners(room)).toEqual(new Map());
      await store.append({ room, person: 'ana', update: ana.write('one', 'Ana'), owners: byAna });
      const kept = await store.keepVersion(room, { kind: 'named', name: 'Lunch', person: '' });
      const appended = store.append({
        room,
        person: 'ben',
        update: ben.write('two', 'Ben'),
        owners: new Map([[ben.client, 'ben']]),
      });
      expect(await store.owners(room)).toEqual(both);
      await appended;
      for (const reach of [() => Promise.resolve(store), reopen]) {
        const each = await reach();
        expect(await each.owners(room)).toEqual(both);
        expect(await each.owners(room, kept?.id)).toEqual(byAna);
        for (const id of ['nothing', '..', '']) expect(await each.owners(room, id)).toEqual(new Map());
      }
      await expect(store.owners('b1')).rejects.toThrow();
    });

    test('20. a document reset with owners has exactly these, now and after reopening', async () => {
      const { store, reopen } = await open();
      const [ana, ben] = [new Writer(), new Writer()];
      const room = 'b1/board';
      await store.createBoard(boardRecord('b1'), new Writer().state);
      const entry = { room, person: 'ana', owners: new Map([[ana.client, 'ana']]) };
      await store.append({ ...entry, update: ana.write('one', 'Ana') });
      await store.checkpoint(room);
      await store.append({ ...entry, update: ana.write('two', 'Ana') });
      const kept = await store.keepVersion(room, { kind: 'named', name: 'Lunch', person: '' });
      await store.resetDocument(room, ben.state, new Map());
      expect(await store.owners(room)).toEqual(new Map());
      const owners = new Map([[ben.client, 'ben']]);
      await store.append({ room, person: 'ben', update: ben.write('three', 'Ben'), owners });
      for (const reach of [() => Promise.resolve(store), reopen]) {
        const each = await reach();
        expect(notes(await each.load(room))).toEqual({ three: 'Ben' });
        expect((await each.load(room)).owners).toEqual(owners);
        expect(await each.owners(room, kept?.id)).toEqual(entry.owners);
        await each.checkpoint(room);
      }
    });

    test('22. a session is stored whole, per board, and read after reopening', async () => {
      const { store, reopen } = await open();
      for (const id of ['b1', 'b2']) await store.createBoard(boardRecord(id), new Writer().state);
      const none = { record: null, isBehind: false };
      expect(await store.session('b1')).toEqual(none);
      await Promise.all([1, 2, 3].map((version) => store.keepSession('b1', sessionRecord(version))));
      for (const reach of [() => Promise.resolve(store), reopen]) {
        const each = await reach();
        expect(await each.session('b1')).toEqual({ record: sessionRecord(3), isBehind: false });
        expect(await each.session('b2')).toEqual(none);
        for (const id of ['nobody', '', '..', '../b1']) {
          expect(await each.session(id)).toEqual(none);
          await expect(each.keepSession(id, sessionRecord(1))).rejects.toThrow();
        }
      }
    });

    test('23. boards with a running timer are listed, also after reopening; a deleted board has no session', async () => {
      const { store, reopen } = await open();
      for (const id of ['b1', 'b2', 'b3']) {
        await store.createBoard(boardRecord(id), new Writer().state);
        await store.keepSession(id, sessionRecord(1, true));
      }
      await store.keepSession('b2', sessionRecord(2));
      await store.deleteBoard('b3');
      for (const reach of [() => Promise.resolve(store), reopen]) {
        const each = await reach();
        expect(await each.timedBoards()).toEqual(['b1']);
        expect(await each.session('b3')).toEqual({ record: null, isBehind: false });
        await expect(each.keepSession('b3', sessionRecord(1))).rejects.toThrow();
      }
    });
  });
}
