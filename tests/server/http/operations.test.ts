import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { ResaServer } from '../../../server/serve.ts';
import { openServer, readConfig } from '../../../server/serve.ts';
import { openDiskStore } from '../../../server/store/disk/disk-store.ts';
import { openRoots } from '../../../shared/documents.ts';
import { readAll } from '../../../shared/schema/read.ts';
import { ideas, addIdea } from '../../../shared/collections/idea.ts';
import { PlainEditor } from '../../../shared/schema/editor.ts';
import { until } from '../live/stock-client.ts';

const adminKey = 'the-key-of-those-who-run-it';

const made = v.object({
  board: v.string(),
  links: v.object({ facilitator: v.string(), participant: v.string(), observer: v.string() }),
});
const joinAnswer = v.object({ person: v.string(), token: v.string() });
const versionSchema = v.object({ id: v.string(), kind: v.string() });
const socketsSchema = v.object({ sockets: v.array(v.object({ id: v.string(), person: v.string() })) });
const roomsSchema = v.object({
  rooms: v.array(
    v.object({
      board: v.string(),
      state: v.string(),
      connections: v.number(),
      readOnly: v.nullable(v.string()),
    }),
  ),
});

let folder = '';
let server: ResaServer;
let url = '';
let board: string;
let links: v.InferOutput<typeof made>['links'];
let people: Person[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resa-operations-'));
  await start();
  const answer = await ask('POST', '/api/boards', { title: 'Trip', template: 'ideas' });
  ({ board, links } = v.parse(made, await answer.json()));
});
afterEach(async () => {
  for (const person of people) person.leave();
  people = [];
  await server.close();
  await rm(folder, { recursive: true });
});

async function start(): Promise<void> {
  const env = { PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'silent', ADMIN_KEY: adminKey };
  server = await openServer({ ...readConfig(env), staticRoot: null });
  ({ url } = await server.listen());
}

const ask = (method: string, path: string, body?: unknown, token?: string) =>
  fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
const admin = (method: string, path: string, body?: unknown) =>
  ask(method, `/api/admin${path}`, body, adminKey);

/** A person on the board with a stock provider. */
class Person {
  readonly doc = new Y.Doc();
  readonly person: string;
  readonly token: string;
  readonly #provider: WebsocketProvider;

  static async join(link: string, name: string): Promise<Person> {
    const answer = await ask('POST', '/api/join', { link, name });
    const person = new Person(v.parse(joinAnswer, await answer.json()));
    people.push(person);
    await until(
      () => person.#provider.synced,
      (check) => person.#provider.on('sync', check),
    );
    return person;
  }

  private constructor({ person, token }: v.InferOutput<typeof joinAnswer>) {
    openRoots(this.doc);
    this.person = person;
    this.token = token;
    this.#provider = new WebsocketProvider(`${url.replace('http', 'ws')}/sync/${board}`, 'board', this.doc, {
      params: { token },
      // The stock client takes any WebSocket class, but the two type packages do not know each other.
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      disableBc: true,
      maxBackoffTime: 200,
    });
  }

  add(title: string): void {
    addIdea(new PlainEditor(this.doc, this.person), { title });
  }

  get ideas(): string[] {
    return readAll(this.doc, ideas)
      .map(({ title }) => title)
      .sort();
  }

  sees(...titles: string[]): Promise<void> {
    return until(
      () => this.ideas.join() === titles.join(),
      (check) => this.doc.on('update', check),
    );
  }

  /** The code and reason of the next close of the socket. */
  closed(): Promise<string> {
    return new Promise((resolve) =>
      this.#provider.on('connection-close', (event) => resolve(`${event?.code} ${event?.reason}`)),
    );
  }

  leave(): void {
    this.#provider.destroy();
    this.doc.destroy();
  }
}

describe('versions, while people are on the board', () => {
  test('Fay restores one while Ana and Ben work: they see it as an edit, and Fay undoes it', async () => {
    const fay = await Person.join(links.facilitator, 'Fay');
    const ana = await Person.join(links.participant, 'Ana');
    const ben = await Person.join(links.participant, 'Ben');
    ana.add('A bench');
    await Promise.all([ben.sees('A bench'), fay.sees('A bench')]);
    const path = `/api/boards/${board}/versions`;
    const kept = await ask('POST', path, { name: 'Before the vote' }, fay.token);
    const { id } = v.parse(versionSchema, await kept.json());
    ben.add('A roof');
    await Promise.all([ana.sees('A bench', 'A roof'), fay.sees('A bench', 'A roof')]);

    const restored = await ask('POST', `${path}/${id}/restore`, undefined, fay.token);
    const { before } = v.parse(v.object({ before: versionSchema }), await restored.json());
    await Promise.all([ana, ben, fay].map((one) => one.sees('A bench')));
    ana.add('A tree');
    await ben.sees('A bench', 'A tree');

    await ask('POST', `${path}/${before.id}/restore`, undefined, fay.token);
    // It brings back what the first restore removed, and removes what came after, as each restore does.
    await Promise.all([ana, ben, fay].map((one) => one.sees('A bench', 'A roof')));
    expect((await Person.join(links.observer, 'Olle')).ideas).toEqual(['A bench', 'A roof']);
  });
});

describe('the admin, while people are on the board', () => {
  test('lists sockets, and closes one; its page reconnects by itself', async () => {
    const ana = await Person.join(links.participant, 'Ana');
    const { rooms } = v.parse(roomsSchema, await (await admin('GET', '/rooms')).json());
    expect(rooms).toEqual([{ board, state: 'live', connections: 1, readOnly: null }]);
    const socketsOf = async () =>
      v.parse(socketsSchema, await (await admin('GET', `/boards/${board}/sockets`)).json()).sockets;
    const [socket] = await socketsOf();
    expect(socket?.person).toBe(ana.person);
    const closed = ana.closed();
    expect(await (await admin('DELETE', `/boards/${board}/sockets/${socket?.id ?? ''}`)).json()).toEqual({
      closed: 1,
    });
    expect(await closed).toBe('1013 kicked');
    const ben = await Person.join(links.participant, 'Ben');
    ben.add('A bench');
    await ana.sees('A bench');
  });

  test('R4 freezes a board: no edit is stored, also after a restart; after the thaw the waiting edits are', async () => {
    const ana = await Person.join(links.participant, 'Ana');
    const ben = await Person.join(links.participant, 'Ben');
    ana.add('A bench');
    await ben.sees('A bench');
    await admin('POST', `/boards/${board}/freeze`);
    ana.add('A roof');
    const state = await admin('GET', `/boards/${board}/documents/board`);
    const onDisk = new Y.Doc();
    Y.applyUpdate(onDisk, new Uint8Array(await state.arrayBuffer()));
    expect(readAll(onDisk, ideas).map(({ title }) => title)).toEqual(['A bench']);
    expect(ben.ideas).toEqual(['A bench']);

    for (const person of people.splice(1)) person.leave();
    const port = new URL(url).port;
    await server.close();
    const env = { PORT: port, DATA_DIR: folder, LOG_LEVEL: 'silent', ADMIN_KEY: adminKey };
    server = await openServer({ ...readConfig(env), staticRoot: null });
    await server.listen();
    const cleo = await Person.join(links.participant, 'Cleo');
    expect(cleo.ideas).toEqual(['A bench']);
    const { rooms } = v.parse(roomsSchema, await (await admin('GET', '/rooms')).json());
    expect(rooms[0]?.readOnly).toBe('frozen');

    await admin('POST', `/boards/${board}/thaw`);
    await cleo.sees('A bench', 'A roof');
  });

  test('R5 resets a document: everybody is disconnected, no old copy returns, people who join again get the version', async () => {
    const ana = await Person.join(links.participant, 'Ana');
    ana.add('A bench');
    const fay = await Person.join(links.facilitator, 'Fay');
    const path = `/boards/${board}/documents/board`;
    const { id } = v.parse(
      versionSchema,
      await (await admin('POST', `${path}/versions`, { name: 'Good' })).json(),
    );
    ana.add('Nonsense');
    await fay.sees('A bench', 'Nonsense');
    const closed = Promise.all([ana.closed(), fay.closed()]);
    expect((await admin('POST', `${path}/reset`, { version: id })).status).toBe(204);
    expect(await closed).toEqual(['4401 board-reset', '4401 board-reset']);

    const again = new WebSocket(`${url.replace('http', 'ws')}/sync/${board}/board?token=${ana.token}`);
    const [code, reason] = (await once(again, 'close')) as [number, Buffer];
    expect(`${code} ${reason.toString()}`).toBe('4401 board-reset');
    const ben = await Person.join(links.participant, 'Ben');
    expect(ben.ideas).toEqual(['A bench']);
    ben.add('A roof');
    const cleo = await Person.join(links.observer, 'Cleo');
    await cleo.sees('A bench', 'A roof');

    // It was not nonsense after all: a facilitator restores the earlier state, and each idea has a unique number.
    const fayAgain = await Person.join(links.facilitator, 'Fay');
    const all: unknown = await (
      await ask('GET', `/api/boards/${board}/versions`, undefined, fayAgain.token)
    ).json();
    const [before] = v.parse(v.object({ versions: v.array(versionSchema) }), all).versions;
    expect(before?.kind).toBe('before-restore');
    await ask('POST', `/api/boards/${board}/versions/${before?.id ?? ''}/restore`, undefined, fayAgain.token);
    await cleo.sees('A bench', 'Nonsense');
    const numbers = readAll(cleo.doc, ideas).map(({ number }) => number);
    expect(numbers.sort()).toEqual([1, 3]);
  });

  test('R3 resets a quarantined document to a version, and people can join again', async () => {
    const ana = await Person.join(links.participant, 'Ana');
    ana.add('A bench');
    const path = `/boards/${board}/documents/board`;
    await (await Person.join(links.observer, 'Olle')).sees('A bench');
    const kept = await admin('POST', `${path}/versions`, { name: 'Good' });
    const { id } = v.parse(versionSchema, await kept.json());
    for (const person of people.splice(0)) person.leave();
    await server.close();

    // The disk has lost an update in the middle, on which the later one depends.
    const store = await openDiskStore({ folder, log: { warn() {}, error() {}, info() {} } });
    const lost = new Y.Doc();
    lost.getMap('ideas').set('one', new Y.Map());
    const from = Y.encodeStateVector(lost);
    lost.getMap('ideas').set('two', new Y.Map());
    const update = Y.encodeStateAsUpdate(lost, from);
    await store.append({ room: `${board}/board`, person: ana.person, update });
    await store.close();
    await start();

    const joining = await ask('POST', '/api/join', { link: links.participant, name: 'Ben' });
    const { token } = v.parse(joinAnswer, await joining.json());
    const socket = new WebSocket(`${url.replace('http', 'ws')}/sync/${board}/board?token=${token}`);
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect(`${code} ${reason.toString()}`).toBe('1013 quarantined');
    const { rooms } = v.parse(roomsSchema, await (await admin('GET', '/rooms')).json());
    expect(rooms).toMatchObject([{ board, state: 'quarantined' }]);
    expect((await admin('POST', `${path}/reset`, { version: id })).status).toBe(204);
    const cleo = await Person.join(links.participant, 'Cleo');
    expect(cleo.ideas).toEqual(['A bench']);
    cleo.add('A roof');
    await (await Person.join(links.observer, 'Dina')).sees('A bench', 'A roof');
  });

  test('deletes a board: its sockets, and later ones, are closed with 4404, also after a restart', async () => {
    const ana = await Person.join(links.participant, 'Ana');
    const closed = ana.closed();
    expect((await admin('DELETE', `/boards/${board}`)).status).toBe(204);
    expect(await closed).toBe('4404 no-such-board');
    const comesBack = async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/sync/${board}/board?token=${ana.token}`);
      const [code] = (await once(socket, 'close')) as [number];
      const joining = await ask('POST', '/api/join', { link: links.participant, name: 'Ana' });
      return [
        code,
        joining.status,
        v.parse(v.object({ error: v.object({ code: v.string() }) }), await joining.json()).error.code,
      ];
    };
    expect(await comesBack()).toEqual([4404, 404, 'no-such-board']);
    await server.close();
    await start();
    expect(await comesBack()).toEqual([4404, 404, 'no-such-board']);
    expect(await (await admin('GET', '/boards')).json()).toEqual({ boards: [] });
  });
});

test('metrics follow what people do: sockets, rooms, frames, commits and their duration', async () => {
  const ana = await Person.join(links.participant, 'Ana');
  const ben = await Person.join(links.participant, 'Ben');
  ana.add('A bench');
  await ben.sees('A bench');
  const page = await (await ask('GET', '/metrics', undefined, adminKey)).text();
  const figure = (name: string) =>
    Number(
      page
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')
        .at(-1),
    );
  expect(figure('resa_connections')).toBe(2);
  expect(figure('resa_rooms{state="live"}')).toBe(1);
  expect(figure('resa_updates_total')).toBeGreaterThanOrEqual(1);
  expect(figure('resa_commits_total{outcome="stored"}')).toBeGreaterThanOrEqual(1);
  expect(figure('resa_frames_total{way="in"}')).toBeGreaterThanOrEqual(4);
  expect(figure('resa_commit_seconds_count')).toBe(figure('resa_commits_total{outcome="stored"}'));
  expect(figure('resa_tick_seconds_count')).toBeGreaterThanOrEqual(figure('resa_commit_seconds_count'));
  expect(figure('resa_journal_bytes')).toBeGreaterThan(100);
  expect(figure('resa_room_heap_budget_bytes')).toBeGreaterThan(figure('resa_room_heap_bytes'));
  expect((await ask('GET', '/metrics')).status).toBe(401);
});
