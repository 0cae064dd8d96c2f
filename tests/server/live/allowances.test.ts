import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cards, addCard } from '../../../shared/collections/card.ts';
import { people } from '../../../shared/collections/person.ts';
import { buildRecord } from '../../../shared/schema/collection.ts';
import { board as boardDocument, collections, openRoots } from '../../../shared/documents.ts';
import { readAll, readRecord, rootOf } from '../../../shared/schema/read.ts';
import { newId } from '../../../shared/id.ts';
import type { Control } from '../../../shared/wire/protocol.ts';
import type { Role } from '../../../shared/roles.ts';
import type { Additions, AllowanceTable } from '../../../server/live/room/allowances.ts';
import { Allowances } from '../../../server/live/room/allowances.ts';
import { Guard } from '../../../server/live/guard/guard.ts';
import {
  boardAllowance,
  gatheredBytes,
  idleMs,
  maxClientIdsInDocument,
  maxReserved,
  maxReservedInRoom,
  participantShare,
  personAllowance,
} from '../../../server/live/limits.ts';
import { FakeClock } from './fake-clock.ts';
import type { HandStruct } from './hand-update.ts';
import { handUpdate } from './hand-update.ts';
import type { House, HouseOptions } from './harness.ts';
import { board, openHouse, openHouseOn } from './harness.ts';
import { MemoryStore } from './memory-store.ts';
import type { RawClient } from './raw-client.ts';

const cell = { lane: 'doing', phase: 'arrive', step: null };
const day = 24 * 3_600_000;
const none: Additions = { clients: 0, records: 0, keys: 0, bytes: 0 };
const small: AllowanceTable = {
  person: { clients: 10, records: 20, keys: 50, bytes: 100_000 },
  board: { clients: 40, records: 80, keys: 200, bytes: 400_000 },
  leads: { person: 4, board: 10 },
  newcomers: 5,
  renamings: { person: 3, role: 7 },
};

describe('G21 daily allowances', () => {
  let clock: FakeClock;
  let allowances: Allowances;

  beforeEach(() => {
    clock = new FakeClock();
    allowances = new Allowances(clock, small);
  });

  test('G21 count only client ids of facilitators, for each and for all of a board', () => {
    const add = (device: string, clients: number) =>
      allowances.spendAsLead('trip/board', device, { ...none, clients, records: 1_000 });
    expect(add('ana', 0)).toBeNull();
    expect(add('ana', 4)).toBeNull();
    expect(add('ana', 1)).toEqual({ of: 'clients', limit: 4, for: 'person' });
    expect(add('ana', 0)).toBeNull();
    expect(add('ben', 4)).toBeNull();
    expect(add('cleo', 3)).toEqual({ of: 'clients', limit: 10, for: 'board' });
    expect(add('cleo', 2)).toBeNull();
    clock.advance(day);
    expect(add('ana', 4)).toBeNull();
    for (let i = 0; i < 3; i++, clock.advance(day)) allowances.sweep();
    expect(allowances.size).toBe(0);
  });

  /** Spends for a newcomer, who has written before if known. */
  const spend = (device: string, additions: Partial<Additions>, isKnown = false, room = 'trip/board') =>
    allowances.spend(room, { device, isKnown, since: clock.now() }, { ...none, ...additions });

  test('G21 of one person are limited for each kind, and refill over a day', () => {
    expect(spend('ana', { clients: 10, records: 20 })).toBeNull();
    expect(spend('ana', { records: 1 })).toEqual({ of: 'records', limit: 20, for: 'person' });
    expect(spend('ana', { clients: 1 })).toEqual({ of: 'clients', limit: 10, for: 'person' });
    expect(spend('ana', { keys: 50 })).toBeNull();
    expect(spend('ben', { clients: 1 })).toBeNull();
    clock.advance(day / 10);
    expect(spend('ana', { clients: 1, records: 2 })).toBeNull();
    expect(spend('ana', { clients: 1 })).toMatchObject({ of: 'clients' });
    clock.advance(day);
    expect(spend('ana', { clients: 10, records: 20 })).toBeNull();
  });

  test('G21 are charged for a whole update or not at all', () => {
    expect(spend('ana', { clients: 11, records: 1 })).toMatchObject({ of: 'clients' });
    expect(spend('ana', { clients: 1, records: 21 })).toMatchObject({ of: 'records' });
    expect(spend('ana', { clients: 10, records: 20 })).toBeNull();
  });

  test('G21 on one board do not affect another', () => {
    expect(spend('ana', { records: 20 })).toBeNull();
    expect(spend('ana', { records: 20 }, false, 'tour/board')).toBeNull();
    allowances.forget('trip');
    expect(spend('ana', { records: 20 })).toBeNull();
  });

  test('G21 include small updates, which are summed first', () => {
    let taken = 0;
    while (spend('ana', { bytes: 100 }) === null) taken += 100;
    expect(taken).toBeGreaterThan(small.person.bytes - 100);
    expect(taken).toBeLessThanOrEqual(small.person.bytes + gatheredBytes);
    expect(spend('ana', { bytes: 100 })).toEqual({ of: 'bytes', limit: 100_000, for: 'person' });
    // A sweep does not drop the sum.
    expect(spend('ben', { bytes: gatheredBytes - 1 })).toBeNull();
    expect(spend('ben', { bytes: gatheredBytes - 1 })).toBeNull();
    for (let i = 0; i < 3; i++) allowances.sweep();
    expect(spend('ben', { bytes: small.person.bytes - 2 * gatheredBytes + 3 })).toMatchObject({
      of: 'bytes',
    });
  });

  test('G21 reserve the last quarter of a board for people who wrote before and used little', () => {
    expect(spend('ana', { clients: 1 })).toBeNull();
    expect(spend('gus', { clients: 9 })).toBeNull();
    for (const newcomer of ['n1', 'n2']) expect(spend(newcomer, { clients: 10 })).toBeNull();
    // 30 of 40 are used.
    clock.advance(1);
    expect(spend('n3', { clients: 2 })).toEqual({ of: 'clients', limit: 40, for: 'board' });
    expect(spend('n4', { clients: 1 })).toEqual({ of: 'clients', limit: 40, for: 'board' });
    expect(spend('gus', { clients: 1 })).toEqual({ of: 'clients', limit: 40, for: 'board' });
    // Ben wrote here before the process started, and has used nothing today.
    expect(spend('ben', { clients: 1 }, true)).toBeNull();
    expect(spend('ana', { records: 2 })).toBeNull();
    clock.advance(day / 20);
    expect(spend('ana', { clients: 1 })).toBeNull();
    for (let i = 0; i < 20; i++) spend(`old${i}`, { clients: 1 }, true);
    expect(spend('last', { clients: 1 }, true)).toEqual({ of: 'clients', limit: 40, for: 'board' });
  });

  test('G21 give people who joined before the last quarter a part of it, though they have not written yet', () => {
    const early = clock.now();
    clock.advance(60_000);
    for (const newcomer of ['n1', 'n2', 'n3']) spend(newcomer, { clients: 10 });
    expect(spend('n4', { clients: 10 })).toMatchObject({ for: 'board' });
    clock.advance(60_000);
    const listener = { device: 'listener', isKnown: false, since: early };
    expect(spend('n5', { clients: 1 })).toMatchObject({ for: 'board' });
    expect(allowances.spend('trip/board', listener, { ...none, clients: 1 })).toBeNull();
  });

  test('G21 of a board are reset when a link is turned off, those of a person are not', () => {
    for (const newcomer of ['n1', 'n2', 'n3']) spend(newcomer, { clients: 10 });
    for (let i = 0; i < 5; i++) allowances.admit('trip/board', 'participant');
    clock.advance(1);
    expect(spend('ben', { clients: 5 })).toMatchObject({ for: 'board' });
    allowances.relieve('trip');
    expect(spend('ben', { clients: 5 })).toBeNull();
    expect(spend('n1', { clients: 2 })).toMatchObject({ for: 'person' });
    expect(allowances.admit('trip/board', 'participant')).toBe(true);
  });

  test('G21 limit the number of new people of a document', () => {
    const admit = (role: Role = 'participant', room = 'trip/board') => allowances.admit(room, role);
    for (let i = 0; i < 5; i++) expect(admit()).toBe(true);
    expect(admit()).toBe(false);
    expect(admit('participant', 'tour/board')).toBe(true);
    // People with only an observer link do not use up the allowance of those who write.
    expect(admit('observer')).toBe(true);
    clock.advance(day / 5);
    expect(admit()).toBe(true);
  });

  test('D11 limit how often names are rewritten, for one person and for a role', () => {
    const rename = (device: string, role: Role = 'participant') =>
      allowances.rename('trip/board', device, role);
    const took = (device: string) => [1, 2, 3, 4].map(() => rename(device));
    expect(took('ana')).toEqual([true, true, true, false]);
    expect(took('ben')).toEqual([true, true, true, false]);
    expect([rename('cara'), rename('dora')]).toEqual([true, false]);
    // Observers do not use up the allowance of those who write, and a device has one limit in all roles.
    expect([rename('olga', 'observer'), rename('ana', 'observer')]).toEqual([true, false]);
    clock.advance(day / 3);
    expect([rename('ana'), rename('ana')]).toEqual([true, false]);
    allowances.relieve('trip');
    expect([rename('ana'), rename('dora')]).toEqual([false, true]);
    clock.advance(day);
    allowances.sweep();
    expect(allowances.size).toBe(0);
  });

  test('G21 are dropped when refilled, and not before', () => {
    for (let i = 0; i < 50; i++) spend('ana', { records: 10 }, false, `board${i}/board`);
    const sweep = () => {
      for (let i = 0; i < 100; i++) allowances.sweep();
    };
    sweep();
    expect(allowances.size).toBe(50);
    clock.advance(day / 4);
    sweep();
    expect(spend('ana', { records: 20 }, false, 'board7/board')).toMatchObject({ for: 'person' });
    clock.advance(day);
    sweep();
    expect(allowances.size).toBe(0);
  });
});

describe('G21 the additions of an update', () => {
  let doc: Y.Doc;
  let guard: Guard;

  beforeEach(() => {
    doc = new Y.Doc();
    openRoots(doc);
    guard = new Guard(doc, new Map([[3, 'ben']]), boardDocument);
  });

  /** What the guard asks for an update; an accepted one is applied. */
  function asked(update: Uint8Array, person = 'ana') {
    let found: (Additions & { isKnown: boolean }) | null = null;
    const verdict = guard.judge(update, { person, role: 'participant' }, undefined, (additions, isKnown) => {
      found = { ...additions, isKnown };
      return null;
    });
    if (verdict.kind === 'refuse') throw new Error(verdict.reason);
    Y.applyUpdate(doc, update);
    return found;
  }
  const under = (client: number, structs: readonly HandStruct[], clock = 0) =>
    handUpdate([{ client, clock, structs }]);

  test('G21 are new client ids, records, keys and bytes; existing content is free', () => {
    const hers = new Y.Doc();
    hers.clientID = 7;
    const sent: Uint8Array[] = [];
    hers.on('update', (update: Uint8Array) => sent.push(update));
    hers.transact(() => {
      rootOf(hers, cards).set(
        'a',
        buildRecord(cards, { text: 'words', personas: ['p1', 'p2'], author: 'ana' }),
      );
      const mark = { persona: 'p', phase: 'q', emotion: 'calm', presence: 'present', seen: 'survey' };
      rootOf(hers, collections.emotions).set('k', mark);
    });
    const [first = new Uint8Array()] = sent;
    expect(asked(first)).toMatchObject({ clients: 1, records: 1, keys: 4, isKnown: false });
    expect(asked(first)).toEqual({ ...none, isKnown: true });
    expect(asked(first, 'ben')).toEqual({ ...none, isKnown: true });
    hers.transact(() => (rootOf(hers, cards).get('a') as Y.Map<unknown>).set('evidence', 'data'));
    expect(asked(sent[1] ?? new Uint8Array())).toMatchObject({ clients: 0, records: 0, keys: 0 });
  });

  test('G21 include a client id with only collected structs', () => {
    expect(asked(under(9, [{ content: { gc: 1 } }]))).toMatchObject({ clients: 1, records: 0, keys: 0 });
    expect(asked(under(9, [{ content: { gc: 1 } }], 1))).toMatchObject({ clients: 0 });
  });

  test('G21 of a refused update take no client id', () => {
    const update = under(9, [{ content: { gc: 1 } }]);
    const exceeded = { of: 'clients', limit: 1, for: 'person' } as const;
    const ana = { person: 'ana', role: 'participant' } as const;
    expect(guard.judge(update, ana, undefined, () => exceeded)).toEqual({
      kind: 'refuse',
      reason: 'allowance',
      rule: 'G21',
      exceeded,
      putBack: null,
    });
    expect(asked(update, 'ben')).toMatchObject({ clients: 1, isKnown: true });
  });

  test('G16 the client ids of a document are limited, and the last are for facilitators', () => {
    const most = maxClientIdsInDocument * participantShare;
    guard = new Guard(
      doc,
      new Map(Array.from({ length: most - 1 }, (_, i) => [1_000 + i, 'old'])),
      boardDocument,
    );
    const judged = (client: number, role: Role) =>
      guard.judge(under(client, [{ content: { gc: 1 } }]), { person: 'ana', role });
    expect(judged(1, 'participant').kind).toBe('pass');
    expect(judged(2, 'participant')).toMatchObject({ reason: 'too-many', rule: 'G16' });
    expect(judged(3, 'facilitator').kind).toBe('pass');
    expect(judged(1, 'participant').kind).toBe('pass');
  });

  test('G4 the client ids in presence are limited, and nobody present loses one', () => {
    const present = () => new Set(['ana']);
    guard.reserve(7, 'ana', present);
    for (let n = 0; n <= maxReservedInRoom / maxReserved + 1; n++)
      for (let i = 0; i < maxReserved; i++) guard.reserve(100 + n * maxReserved + i, `gone${n}`, present);
    const judged = (client: number, person: string) =>
      guard.judge(under(client, [{ content: { gc: 1 } }]), { person, role: 'participant' });
    expect(judged(7, 'ben')).toMatchObject({ reason: 'not-author' });
    expect(judged(100, 'ben').kind).toBe('pass');
    expect(judged(7, 'ana').kind).toBe('pass');
  });
});

describe('G21 on a board', { timeout: 30_000 }, () => {
  let house: House;

  afterEach(() => house.close());

  async function open(options: HouseOptions = {}): Promise<void> {
    house = await openHouse(options);
    house.membership('fia', 'facilitator');
    for (const person of ['ana', 'ben', 'mallory']) house.membership(person);
  }

  let made = 1_000;
  /** This many new client ids, with one collected struct each. */
  const strangers = (count: number) =>
    handUpdate(
      Array.from({ length: count }, () => ({ client: made++, clock: 0, structs: [{ content: { gc: 1 } }] })),
    );
  const records = (count: number, text = '') =>
    handUpdate([
      {
        client: made++,
        clock: 0,
        structs: Array.from({ length: count }, () => ({
          parent: cards.name,
          key: newId(),
          content: { type: 'map' } as const,
        })).flatMap((record, i): HandStruct[] =>
          text === ''
            ? [record]
            : [
                record,
                {
                  parent: { client: made - 1, clock: i * (2 + text.length) },
                  key: 'text',
                  content: { type: 'text' },
                },
                { parent: { client: made - 1, clock: i * (2 + text.length) + 1 }, content: { string: text } },
              ],
        ),
      },
    ]);
  /** Waits until a socket has received a refusal and is closed. */
  async function refused(socket: RawClient) {
    const { control } = await socket.next('control', (one) => one.control.kind === 'refused');
    expect(await socket.closed).toEqual({ code: 4422, reason: 'allowance' });
    return control;
  }
  const clientIds = (doc: Y.Doc) => doc.store.clients.size;

  test('G21 thirty sockets of one person use new client ids: the document accepts 300, and others continue', async () => {
    await open();
    const ben = await house.stock('ben').synced();
    addCard(ben.editor, cell, { text: 'before' });
    const sockets = await Promise.all(
      Array.from({ length: 30 }, () => house.raw('mallory', { control: true })),
    );
    await Promise.all(
      sockets.map(async (socket) => {
        for (let i = 0; i < 30; i++) socket.update(strangers(1));
        socket.update(strangers(personAllowance.clients + 1));
        const { reason } = await socket.next('denied');
        expect(reason).toContain('allowance');
        expect(reason).toContain(String(personAllowance.clients));
        expect(await refused(socket)).toEqual({
          kind: 'refused',
          reason: 'allowance',
          of: 'clients',
          limit: personAllowance.clients,
          for: 'person',
        });
      }),
    );
    addCard(ben.editor, cell, { text: 'after' });
    const doc = await (await house.raw('ana')).state();
    expect(clientIds(doc)).toBeGreaterThan(personAllowance.clients);
    // Plus Ben's and the server's.
    expect(clientIds(doc)).toBeLessThanOrEqual(personAllowance.clients + 2);
    expect(house.log.join('')).toContain('"of":"clients"');
    expect(house.rooms.counters.refusals.allowance).toBe(30);

    // Honest people reconnect after a restart, and write.
    const store = new MemoryStore();
    store.addBoard(board);
    await house.close();
    for (const entry of house.store.journal) await store.append(entry);
    house = await openHouseOn(store);
    house.membership('ben');
    const again = await house.stock('ben').synced();
    await again.sees(() => readAll(again.doc, cards).length === 2);
    const id = addCard(again.editor, cell, { text: 'again' });
    const other = await (await house.raw('ben')).state();
    expect(readRecord(other, cards, id)?.text).toBe('again');
  });

  test('G21 an update above the limit of records or bytes is refused as a whole; facilitators and the server can add more', async () => {
    await open();
    const ana = await house.raw('ana', { control: true });
    ana.update(records(personAllowance.records));
    ana.update(records(1));
    expect(await refused(ana)).toMatchObject({ of: 'records', limit: 3_000, for: 'person' });

    const ben = await house.raw('ben', { control: true });
    const text = 'x'.repeat(4_000);
    for (let i = 0; i < 21; i++) ben.update(records(50, text));
    expect(await refused(ben)).toMatchObject({ of: 'bytes', limit: 4 << 20, for: 'person' });

    const fia = await house.raw('fia', { control: true });
    fia.update(records(personAllowance.records + 1));
    await fia.told('saved');
    const doc = new Y.Doc();
    for (let i = 0; i < personAllowance.records + 1; i++)
      rootOf(doc, cards).set(`own${i}`, buildRecord(cards, {}));
    await house.rooms.write(board, 'board', Y.encodeStateAsUpdate(doc));
    const mallory = await house.raw('mallory', { control: true });
    mallory.update(records(1));
    await mallory.told('saved');
    expect(rootOf(await mallory.state(), cards).size).toBe(3 * personAllowance.records + 3 + 20 * 50);
  });

  test('G21 a page that was refused for one kind continues with another, in a new document', async () => {
    await open({ allowances: { ...small, person: { ...small.person, records: 3 } } });
    const ana = await house.stock('ana').synced();
    const ended = ana.ended();
    for (let i = 0; i < 4; i++) addCard(ana.editor, cell, { text: `card ${i}` });
    expect(await ended).toEqual({ code: 4422, reason: 'allowance' });
    const again = await house.stock('ana').synced();
    const [one] = readAll(again.doc, cards);
    if (!one) throw new Error('no card');
    expect(readAll(again.doc, cards)).toHaveLength(3);
    rootOf(again.doc, cards).forEach((card) => (card as Y.Map<unknown>).set('evidence', 'data'));
    const raw = await house.raw('ben');
    await raw.next('update');
    await again.sees(() => house.rooms.gauges.unsaved === 0);
    expect(readRecord(await raw.state(), cards, one.id)?.evidence).toBe('data');
  });

  test('G21 a crowd that keeps joining as new people does not stop the people at work', async () => {
    const clients = 100;
    const table = { person: { ...small.person, clients }, board: { ...small.board, clients: 4 * clients } };
    await open({ allowances: { ...small, ...table, newcomers: 100 } });
    const ana = await house.stock('ana').synced();
    const first = addCard(ana.editor, cell, { text: 'at work' });
    await (await house.raw('ben')).next('update');
    const answers: Control[] = [];
    for (let n = 0; n < 6; n++) {
      house.membership(`crowd${n}`);
      const one = await house.raw(`crowd${n}`, { control: true });
      one.update(strangers(90));
      answers.push(
        (await one.next('control', ({ control: { kind } }) => kind === 'saved' || kind === 'refused'))
          .control,
      );
    }
    expect(answers.slice(0, 3)).toEqual(answers.slice(0, 3).map(() => ({ kind: 'saved', frames: 1 })));
    expect(answers.at(-1)).toEqual({
      kind: 'refused',
      reason: 'allowance',
      of: 'clients',
      limit: 4 * clients,
      for: 'board',
    });
    const second = addCard(ana.editor, cell, { text: 'still at work' });
    // Also after a reload, under the client id of a new page.
    const page = await house.stock('ana').synced();
    const third = addCard(page.editor, cell, { text: 'and again' });
    await ana.sees(() => readRecord(ana.doc, cards, third)?.text === 'and again');
    expect([first, second, third].every((id) => readRecord(page.doc, cards, id) !== null)).toBe(true);
  });

  test('G21 closing the room does not refill it', async () => {
    const clock = new FakeClock();
    await open({ clock, allowances: small });
    const mallory = await house.raw('mallory', { control: true });
    mallory.update(strangers(small.person.clients));
    await mallory.told('saved');
    await mallory.leave();
    while (house.rooms.gauges.connections > 0) await new Promise(setImmediate);
    clock.advance(idleMs);
    while (house.rooms.report().length > 0) await new Promise(setImmediate);
    const again = await house.raw('mallory', { control: true });
    again.update(strangers(1));
    expect(await refused(again)).toMatchObject({ of: 'clients', limit: small.person.clients });
  });

  test('G21 one device has one allowance, whatever links it uses', async () => {
    await open({ allowances: small });
    for (const person of ['one', 'two']) house.membership(person, 'participant', { device: 'shared' });
    const one = await house.raw('one', { control: true });
    one.update(strangers(small.person.clients));
    await one.told('saved');
    const two = await house.raw('two', { control: true });
    two.update(strangers(1));
    expect(await refused(two)).toMatchObject({ of: 'clients', for: 'person' });
  });

  test('D11 only a limited number of new people is written per day; facilitators always are', async () => {
    await open({ allowances: small });
    const seen = await house.stock('fia').synced();
    for (let n = 0; n < small.newcomers; n++) {
      house.membership(`new${n}`, 'observer');
      await house.raw(`new${n}`);
    }
    await seen.sees(() => rootOf(seen.doc, people).size === small.newcomers + 1);
    house.membership('late', 'observer');
    expect(await (await house.raw('late')).closed).toEqual({ code: 1013, reason: 'board-full' });
    house.membership('lead', 'facilitator');
    await house.raw('lead');
    await seen.sees(() => readRecord(seen.doc, people, 'lead') !== null);
    expect(rootOf(seen.doc, people).size).toBe(small.newcomers + 2);
  });
});

test('G21 docs/API.md and docs/SYNC.md list the limits', async () => {
  const { readFile } = await import('node:fs/promises');
  const page = await readFile(new URL('../../../docs/API.md', import.meta.url), 'utf8');
  for (const table of [personAllowance, boardAllowance])
    for (const [kind, amount] of Object.entries(table)) {
      const words = kind === 'bytes' ? `${amount / (1 << 20)} MiB` : amount.toLocaleString('en');
      expect(page, kind).toContain(words);
    }
});
