import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { SocketReport } from '../../../server/live/contract.ts';
import { readAll } from '../../../shared/schema/read.ts';
import { ideas, addIdea } from '../../../shared/collections/idea.ts';
import { PlainEditor } from '../../../shared/schema/editor.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import type { Joined } from './house.ts';
import { House, refusal } from './house.ts';

const adminKey = 'the-key-of-those-who-run-it';
const kept = v.object({ id: v.string(), kind: v.string() });
const keptSome = v.object({ versions: v.array(kept) });

let house: House;
let board: string;
let links: Record<'facilitator' | 'participant' | 'observer', string>;
let ana: Joined;

beforeEach(async () => {
  house = new House({ ADMIN_KEY: adminKey });
  ({ board, links } = await house.createBoard());
  ana = await house.join(links.participant, 'Ana');
});

const room = () => `${board}/board`;
const read = (who: Joined) => house.send('GET', `/api/boards/${board}`, undefined, house.as(who));

async function write(title: string): Promise<void> {
  const doc = await document();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  addIdea(new PlainEditor(doc, ana.person), { title });
  const entry = { room: room(), person: ana.person, owners: new Map([[doc.clientID, ana.person]]) };
  for (const update of updates) await house.store.append({ ...entry, update });
}

async function document(): Promise<Y.Doc> {
  const { snapshot, updates } = await house.store.load(room());
  const doc = new Y.Doc();
  for (const update of snapshot ? [snapshot, ...updates] : updates) Y.applyUpdate(doc, update);
  return doc;
}

const titles = (doc: Y.Doc) => readAll(doc, ideas).map(({ title }) => title);

/** Ana is present with two sockets, and Ben with one. */
async function twoPeopleAreIn(): Promise<Joined> {
  const ben = await house.join(links.participant, 'Ben');
  house.live.present = [ana, ana, ben].map((who, i) => {
    const { person, role } = who;
    const socket: SocketReport = { id: `s${i}`, person, role, since: 1, bufferedBytes: 0, isBehind: false };
    return { membership: { ...who, device: person, link: 'l', generation: 1 }, socket };
  });
  return ben;
}

describe('the admin', () => {
  test('does not exist if no key is set, whatever the request', async () => {
    house = new House();
    for (const path of ['/rooms', '/boards', '/boards/x', '/nowhere']) {
      const answer = await house.send('GET', `/api/admin${path}`, undefined, { authorization: 'Bearer x' });
      expect(await refusal(answer)).toEqual([404, 'not-found']);
    }
  });

  test('requires the key; a membership is not enough', async () => {
    const tries = [{}, { authorization: `Bearer ${adminKey}x` }, { authorization: 'Bearer' }, house.as(ana)];
    for (const headers of tries) {
      for (const path of ['/rooms', `/boards/${board}`, '/boards/nowhere', '/nowhere'])
        expect(await refusal(await house.send('GET', `/api/admin${path}`, undefined, headers))).toEqual([
          401,
          'admin-key',
        ]);
    }
    expect((await house.admin('GET', '/rooms')).status).toBe(200);
  });

  test('wrong keys are limited by rate', async () => {
    const guess = () =>
      house.send('GET', '/api/admin/rooms', undefined, { authorization: `Bearer ${Math.random()}` });
    for (let i = 0; i < 60; i++) expect((await guess()).status).toBe(401);
    expect(await refusal(await guess())).toEqual([429, 'rate']);
    house.now += 500;
    expect((await guess()).status).toBe(401);
  });

  test('lists rooms and boards, and returns a board without its secrets, and its sockets', async () => {
    await twoPeopleAreIn();
    house.live.rooms = [
      {
        board,
        document: 'board',
        state: 'live',
        connections: 3,
        unsaved: 0,
        bytes: 900,
        readOnly: null,
        heapBytes: 60_000,
        lost: { isProven: false, people: 0 },
      },
    ];
    expect(await (await house.admin('GET', '/rooms')).json()).toEqual({ rooms: house.live.rooms });
    expect(await (await house.admin('GET', '/boards')).json()).toEqual({ boards: [board] });
    const told = await (await house.admin('GET', `/boards/${board}`)).text();
    expect(JSON.parse(told)).toMatchObject({ id: board, title: 'Trip', frozen: false, generation: 1 });
    expect(told).not.toContain('hash');
    const { sockets } = (await (await house.admin('GET', `/boards/${board}/sockets`)).json()) as {
      sockets: { id: string }[];
    };
    expect(sockets.map(({ id }) => id)).toEqual(['s0', 's1', 's2']);
    expect(await refusal(await house.admin('GET', '/boards/nowhere'))).toEqual([404, 'no-such-board']);
    expect(await refusal(await house.admin('GET', '/boards/..%2fetc'))).toEqual([404, 'no-such-board']);
  });

  test('closes one socket, which may reconnect, or all of a person, who has to join again', async () => {
    const ben = await twoPeopleAreIn();
    const one = await house.admin('DELETE', `/boards/${board}/sockets/s1`);
    expect(await one.json()).toEqual({ closed: 1 });
    const all = await house.admin('DELETE', `/boards/${board}/people/${ben.person}`);
    expect(await all.json()).toEqual({ closed: 1 });
    expect(house.live.dismissed).toEqual([
      { board, persons: [ana.person], code: closeCode.busy, reason: 'kicked' },
      { board, persons: [ben.person], code: closeCode.ticket, reason: 'kicked' },
    ]);
    const nobody = await house.admin('DELETE', `/boards/${board}/people/nobody`);
    expect(await nobody.json()).toEqual({ closed: 0 });
  });

  test('freezes a board, in its room and in its record, and thaws it', async () => {
    expect(await (await house.admin('POST', `/boards/${board}/freeze`)).json()).toEqual({
      board,
      frozen: true,
    });
    expect((await house.store.board(board))?.frozen).toBe(true);
    await house.admin('POST', `/boards/${board}/thaw`);
    expect((await house.store.board(board))?.frozen).toBe(false);
    expect(house.live.frozen).toEqual([
      { board, frozen: true },
      { board, frozen: false },
    ]);
  });

  test('stores a version, and downloads versions and the current state', async () => {
    await write('A bench');
    const path = `/boards/${board}/documents/board`;
    const { id, kind } = v.parse(
      kept,
      await (await house.admin('POST', `${path}/versions`, { name: 'Mine' })).json(),
    );
    expect(kind).toBe('named');
    const { versions } = v.parse(keptSome, await (await house.admin('GET', `${path}/versions`)).json());
    expect(versions.map((one) => one.id)).toEqual([id]);
    await write('A roof');
    const titlesIn = async (answer: Response) => {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, new Uint8Array(await answer.arrayBuffer()));
      return titles(doc);
    };
    expect(await titlesIn(await house.admin('GET', `${path}/versions/${id}`))).toEqual(['A bench']);
    expect((await titlesIn(await house.admin('GET', path))).sort()).toEqual(['A bench', 'A roof']);
    const wrong = await house.admin('GET', `/boards/${board}/documents/elsewhere`);
    expect(await refusal(wrong)).toEqual([404, 'no-such-document']);
  });
});

test('the admin removes what a person added since a version', async () => {
  house.live.onWrite = async (name, update) => {
    await house.store.append({ room: name, person: '', update });
  };
  const version = await house.store.keepVersion(room(), { kind: 'named', name: 'Then', person: '' });
  await write('Nonsense');
  const path = `/boards/${board}/documents/board/versions/${version?.id ?? ''}/remove`;
  const answer = await house.admin('POST', path, { people: [ana.person] });
  expect(await answer.json()).toMatchObject({
    before: { person: '' },
    changed: true,
    removed: { records: 1 },
  });
  expect(titles(await document())).toEqual([]);
  expect(await refusal(await house.admin('POST', path, {}))).toEqual([422, 'invalid']);
  await house.admin('POST', `/boards/${board}/freeze`);
  expect(await refusal(await house.admin('POST', path, { people: ['x'] }))).toEqual([409, 'frozen']);
});

describe('a reset', () => {
  const reset = (version: string) =>
    house.admin('POST', `/boards/${board}/documents/board/reset`, { version });
  const keep = async () =>
    (await house.store.keepVersion(room(), { kind: 'named', name: 'Good', person: '' }))?.id ?? '';

  test('replaces the document, disconnects everybody, and ends all earlier memberships', async () => {
    await write('A bench');
    const version = await keep();
    await write('Nonsense');
    expect((await reset(version)).status).toBe(204);
    expect(titles(await document())).toEqual(['A bench']);
    expect(house.live.evicted).toEqual([{ board, code: closeCode.ticket, reason: 'board-reset' }]);

    expect(await refusal(await read(ana))).toEqual([401, 'board-reset']);
    const renewing = await house.send('POST', `/api/boards/${board}/renew`, undefined, house.as(ana));
    expect(await refusal(renewing)).toEqual([401, 'board-reset']);
    const again = await house.join(links.participant, 'Ana');
    expect((await read(again)).status).toBe(200);
  });

  test('stores the earlier state as a version', async () => {
    const version = await keep();
    await write('Nonsense, or not');
    await reset(version);
    const [newest] = await house.store.versions(room());
    expect(newest?.kind).toBe('before-restore');
    const doc = new Y.Doc();
    Y.applyUpdate(doc, (await house.store.readVersion(room(), newest?.id ?? '')) ?? new Uint8Array());
    expect(titles(doc)).toEqual(['Nonsense, or not']);
  });

  test('works even if the current state cannot be stored', async () => {
    const version = await keep();
    house.store.keepVersion = () => Promise.reject(new Error('the document is damaged'));
    expect((await reset(version)).status).toBe(204);
    expect(titles(await document())).toEqual([]);
  });

  test('requires an existing version and a store that can write', async () => {
    expect(await refusal(await reset('nothing'))).toEqual([404, 'no-such-version']);
    expect(await refusal(await reset('../x'))).toEqual([422, 'invalid']);
    const version = await keep();
    house.store.break();
    expect(await refusal(await reset(version))).toEqual([503, 'store']);
    expect((await read(ana)).status).toBe(200);
  });

  test('admits nobody while it runs, and refuses restores and a second reset', async () => {
    const fay = await house.join(links.facilitator, 'Fay');
    const version = await keep();
    let finish = () => {};
    const begun = new Promise<void>((begin) => {
      house.live.onEvict = () => {
        begin();
        return new Promise((resolve) => (finish = resolve));
      };
    });
    const first = reset(version);
    await begun;
    const again = await house.join(links.participant, 'Ana');
    const upgrade = { admit: () => expect.unreachable('somebody was let in'), refuse: () => undefined };
    const path = `/sync/${board}/board?token=${again.token}`;
    expect(await refusal(await house.app.request(path, undefined, { upgrade }))).toEqual([503, 'repair']);
    expect(await refusal(await reset(version))).toEqual([503, 'repair']);
    const restoring = `/api/boards/${board}/versions/${version}/restore`;
    expect((await house.send('POST', restoring, undefined, house.as(fay))).status).toBe(401);
    finish();
    expect((await first).status).toBe(204);
  });
});

describe('a deleted board', () => {
  test('disconnects everybody, no longer exists for links, memberships and sockets, and its id is not reused', async () => {
    const record = await house.store.board(board);
    expect((await house.admin('DELETE', `/boards/${board}`)).status).toBe(204);
    expect(house.live.evicted).toEqual([{ board, code: closeCode.noSuchBoard, reason: 'no-such-board' }]);
    const link = links.participant;
    expect(await refusal(await house.send('POST', '/api/invitation', { link }))).toEqual([
      404,
      'no-such-board',
    ]);
    expect(await refusal(await house.send('POST', '/api/join', { link, name: 'Ana' }))).toEqual([
      404,
      'no-such-board',
    ]);
    expect(await refusal(await read(ana))).toEqual([404, 'no-such-board']);
    const upgrade = { admit: () => expect.unreachable('somebody was let in'), refuse: () => undefined };
    const path = `/sync/${board}/board?token=${ana.token}`;
    expect(await refusal(await house.app.request(path, undefined, { upgrade }))).toEqual([
      404,
      'no-such-board',
    ]);
    expect(await refusal(await house.admin('DELETE', `/boards/${board}`))).toEqual([404, 'no-such-board']);
    if (record) await expect(house.store.createBoard(record, new Uint8Array())).rejects.toThrow();
  });
});
