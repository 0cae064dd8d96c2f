import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { ResaServer } from '../../../server/serve.ts';
import { openServer, readConfig } from '../../../server/serve.ts';
import { served } from '../../../server/documents/served.ts';
import { textOf } from '../../../shared/schema/read.ts';
import { draft, noteOf, notes, trialDocuments, wordsOf } from '../trial-documents.ts';
import { FakeClock } from './fake-clock.ts';
import type { House } from './harness.ts';
import { openHouse, openHouseOn } from './harness.ts';
import { RawClient } from './raw-client.ts';

const adminKey = 'the-key-of-those-who-run-it';

/** Ana's text, presence and pointer in her draft: nobody else may get it in any way. */
const marker = 'zk7-only-for-ana-q9';

const made = v.object({
  board: v.string(),
  links: v.object({ facilitator: v.string(), participant: v.string(), observer: v.string() }),
});
const joinAnswer = v.object({ person: v.string(), token: v.string() });
const refused = v.object({ error: v.object({ code: v.string() }) });
type Member = v.InferOutput<typeof joinAnswer>;

let folder: string;
let server: ResaServer;
let url: string;
let board: string;
let links: v.InferOutput<typeof made>['links'];
let clients: RawClient[];
/** All bytes received by anybody but Ana: frames, close reasons, and answers with their headers. */
let othersGot: Buffer[];
let fay: Member;
let ana: Member;
let ben: Member;
let olle: Member;
/** The facilitator of another board. */
let mia: Member;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resa-private-'));
  [clients, othersGot] = [[], []];
  await start(folder);
  ({ board, links } = v.parse(made, await (await ask('POST', '/api/boards', { title: 'Trip' })).json()));
  fay = await joinBy(links.facilitator, 'Fay');
  ana = await joinBy(links.participant, 'Ana');
  ben = await joinBy(links.participant, 'Ben');
  olle = await joinBy(links.observer, 'Olle');
  const other = v.parse(made, await (await ask('POST', '/api/boards', { title: 'Other' })).json());
  mia = await joinBy(other.links.facilitator, 'Mia');
});

afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(at: string): Promise<void> {
  const env = { PORT: '0', DATA_DIR: at, LOG_LEVEL: 'silent', ADMIN_KEY: adminKey, PEOPLE_PER_BOARD: '10' };
  server = await openServer({ ...readConfig(env), staticRoot: null, documents: trialDocuments });
  ({ url } = await server.listen());
}

async function ask(method: string, path: string, body?: unknown, token?: string): Promise<Response> {
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
  const bytes = Buffer.from(await answer.clone().arrayBuffer());
  othersGot.push(Buffer.from(JSON.stringify([...answer.headers])), bytes);
  return answer;
}

/** Status and code of a refusal, else only the status. */
async function outcome(answer: Response): Promise<string> {
  const body = v.safeParse(refused, await answer.json().catch(() => null));
  return body.success ? `${answer.status} ${body.output.error.code}` : String(answer.status);
}

async function joinBy(link: string, name: string): Promise<Member> {
  return v.parse(joinAnswer, await (await ask('POST', '/api/join', { link, name })).json());
}

/** A socket of a person who listens to everything. */
async function open(who: Member | null, document: string, on = board): Promise<RawClient> {
  const query = who ? `?token=${who.token}` : '';
  const keep = who === ana ? undefined : (data: Buffer) => void othersGot.push(data);
  const client = await RawClient.open(
    `${url.replace('http', 'ws')}/sync/${on}/${document}${query}`,
    true,
    keep,
  );
  clients.push(client);
  if (who !== ana) void client.closed.then(({ reason }) => othersGot.push(Buffer.from(reason)));
  return client;
}

/** How an attempt at a socket ends: the close code and reason, or the status of the plain answer. */
async function attempt(who: Member | null, document: string, on = board): Promise<string> {
  try {
    const client = await open(who, document, on);
    client.step1(new Y.Doc());
    client.queryPresence();
    const { code, reason } = await client.closed;
    return `${code} ${reason}`;
  } catch (error) {
    const status = /Unexpected server response: (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    if (status === undefined) throw error;
    return status;
  }
}

const anasDraft = () => `draft/${ana.person}`;

/** Ana writes in her draft, with presence and a pointer; resolves when it is saved. */
async function work(client: RawClient): Promise<void> {
  client.update(Y.encodeStateAsUpdate(noteOf('one', marker, 4_711)));
  client.presence([{ client: 4_711, clock: 1, state: { view: 'map', typing: marker } }]);
  client.point({ place: `${marker}/${marker}/`, x: 1, y: 2 });
  await client.told('saved');
}

const leaked = () => othersGot.filter((bytes) => bytes.includes(marker)).length;

describe('R9 only its reader gets data of a private document', () => {
  test('R9 no socket of another person opens it, however the name is written', async () => {
    await work(await open(ana, anasDraft()));
    for (const who of [fay, ben, olle]) expect(await attempt(who, anasDraft())).toBe('4403 not-allowed');
    expect(await attempt(mia, anasDraft())).toBe('4403 not-allowed');
    expect(await attempt(null, anasDraft())).toBe('4401 ticket');
    expect(await attempt({ person: ana.person, token: 'forged' }, anasDraft())).toBe('4401 ticket');
    // A draft that does not exist, of a person who does not exist, gets the same answer.
    expect(await attempt(fay, 'draft/nobody')).toBe('4403 not-allowed');
    expect(await attempt(fay, `draft%2F${ana.person}`)).toBe('4403 not-allowed');
    for (const name of [
      'draft',
      'draft/',
      `draft/${ana.person}/more`,
      `draft/${ana.person}/`,
      `Draft/${ana.person}`,
      `draft+${ana.person}`,
      `board%2F..%2Fdraft%2F${ana.person}`,
      `draft//${ana.person}`,
      'draft/%3Cperson%3E',
    ])
      expect([name, await attempt(fay, name)]).toEqual([name, '404']);
    expect(leaked()).toBe(0);
  });

  test('R9 the other documents of the board get no edit, presence, pointer or figure of it', async () => {
    const others = await Promise.all([
      open(fay, 'board'),
      open(ben, 'board'),
      open(olle, 'board'),
      open(fay, 'research'),
      open(ben, `draft/${ben.person}`),
      open(fay, `draft/${fay.person}`),
      open(olle, 'minutes'),
    ]);
    let client = 100;
    for (const other of others) other.presence([{ client: client++, clock: 1, state: { view: 'map' } }]);
    const anas = await open(ana, anasDraft());
    const again = await open(ana, anasDraft());
    await work(anas);
    // Her other page gets all of it.
    await again.next('update', ({ bytes }) => Buffer.from(bytes).includes(marker));
    await again.next('pointers', ({ entries }) => entries.some((one) => one.pointer?.place.includes(marker)));
    await pause(200);
    for (const other of others) {
      other.queryPresence();
      await other.state();
    }
    expect(JSON.stringify(others.map(({ heard }) => heard))).not.toContain('4711');
    expect(leaked()).toBe(0);
  });

  test('R9 R11 versions, previews, restores, rebuilds, losses, downloads, reports and figures do not contain it', async () => {
    const anas = await open(ana, anasDraft());
    await work(anas);
    const bens = await open(ben, 'research');
    bens.update(Y.encodeStateAsUpdate(noteOf('two', 'for all but observers', 4_712)));
    await bens.told('saved');
    const named = encodeURIComponent(anasDraft());
    const byAdmin: string[] = [];
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/versions'],
      ['POST', '/versions', { name: 'mine' }],
      ['GET', '/versions/some'],
      ['POST', '/versions/some/remove', { people: [ana.person] }],
      ['GET', '/lost'],
      ['POST', '/lost/restore', { people: [ana.person] }],
      ['POST', '/lost/discard', { people: [ana.person] }],
      ['POST', '/rebuild'],
      ['POST', '/reset', { version: 'some' }],
    ] as const) {
      for (const document of [named, anasDraft()]) {
        const answer = await ask(
          method,
          `/api/admin/boards/${board}/documents/${document}${path}`,
          body,
          adminKey,
        );
        byAdmin.push(await outcome(answer));
      }
    }
    expect(new Set(byAdmin)).toEqual(new Set(['404 no-such-document']));
    for (const who of [fay, ben, olle, mia]) {
      for (const path of ['', '/versions', '/lost', '/links', `/documents/${named}`, `/versions/${named}`])
        await ask('GET', `/api/boards/${board}${path}`, undefined, who.token);
      await ask('POST', `/api/boards/${board}/versions`, { name: 'all' }, who.token);
    }
    for (const path of ['/rooms', '/boards', `/boards/${board}`, `/boards/${board}/sockets`]) {
      const answer = await ask('GET', `/api/admin${path}`, undefined, adminKey);
      expect(answer.status).toBe(200);
      const body = await answer.text();
      if (path === '/rooms') expect(body).toContain('research');
      expect(body).not.toContain('draft');
    }
    expect(await (await ask('GET', '/metrics', undefined, adminKey)).text()).toContain('resa_rooms');
    for (const path of ['/healthz', '/readyz']) await ask('GET', path);
    const research = await ask('GET', `/api/admin/boards/${board}/documents/research`, undefined, adminKey);
    expect(Buffer.from(await research.arrayBuffer()).includes('for all but observers')).toBe(true);
    const rebuilt = await ask('POST', `/api/boards/${board}/rebuild`, undefined, fay.token);
    expect(rebuilt.status).toBe(200);
    expect(await anas.closed).toMatchObject({ reason: 'repair' });
    expect(leaked()).toBe(0);
  });

  test('R9 many people in private documents fill the board for newcomers, but not for people on it', async () => {
    await (await open(ana, anasDraft())).told('welcome');
    const crowd = await Promise.all([...Array(9).keys()].map((n) => joinBy(links.participant, `Guest ${n}`)));
    for (const one of crowd) await (await open(one, `draft/${one.person}`)).told('welcome');
    for (const document of ['board', `draft/${ben.person}`])
      expect(await attempt(ben, document)).toBe('1013 board-full');
    expect(await outcome(await ask('POST', '/api/join', { link: links.participant, name: 'Late' }))).toBe(
      '503 board-full',
    );
    await (await open(ana, 'board')).told('welcome');
    await (await open(ana, anasDraft())).told('welcome');
  });

  test('R9 a person who may not read it cannot learn that it is full, and so in use', async () => {
    for (let n = 0; n < 10; n++) await (await open(ana, anasDraft())).told('welcome');
    expect(await attempt(ana, anasDraft())).toBe('1013 board-full');
    expect(await attempt(ben, anasDraft())).toBe('4403 not-allowed');
  });

  test('R9 its reader reads it after a restart, and after a kill', async () => {
    await work(await open(ana, anasDraft()));
    const killed = await mkdtemp(join(tmpdir(), 'resa-private-'));
    await cp(folder, killed, { recursive: true });
    await rm(join(killed, 'lock'));
    for (const at of [folder, killed]) {
      await server.close();
      await start(at);
      expect(wordsOf(await (await open(ana, anasDraft())).state(), 'one')).toBe(marker);
      expect(await attempt(ben, anasDraft())).toBe('4403 not-allowed');
    }
    const files = await readdir(join(folder, 'boards', board));
    expect(files).toContain(`draft+${ana.person}.snapshot`);
    expect(files.filter((name) => name.startsWith('draft') && /version/.test(name))).toEqual([]);
    expect(leaked()).toBe(0);
    await server.close();
    await rm(killed, { recursive: true });
    await start(folder);
  });

  test('R9 it is deleted with the board', async () => {
    const anas = await open(ana, anasDraft());
    await work(anas);
    const answer = await ask('DELETE', `/api/admin/boards/${board}`, undefined, adminKey);
    expect(answer.status).toBe(204);
    expect(await anas.closed).toEqual({ code: 4404, reason: 'no-such-board' });
    expect(await readdir(join(folder, 'boards'))).not.toContain(board);
    expect(await attempt(ana, anasDraft())).toBe('4404 no-such-board');
  });
});

describe('R10 reading and writing are separate rights', () => {
  test('R10 a document for two roles can be read by these, and not by observers', async () => {
    expect(await attempt(olle, 'research')).toBe('4403 not-allowed');
    const fays = await open(fay, 'research');
    const bens = await open(ben, 'research');
    bens.update(Y.encodeStateAsUpdate(noteOf('one', 'an interview', 5)));
    await fays.next('update', ({ bytes }) => Buffer.from(bytes).includes('an interview'));
  });

  test('R10 a reader who may not write is an observer there: their updates change nothing', async () => {
    const bens = await open(ben, 'minutes');
    // His page must not let him type what would not be saved.
    expect(await bens.told('welcome')).toMatchObject({ person: ben.person, role: 'observer' });
    bens.update(Y.encodeStateAsUpdate(noteOf('one', 'mine', 5)));
    expect((await bens.next('denied')).reason).toContain('observer');
    const fays = await open(fay, 'minutes');
    expect(await fays.told('welcome')).toMatchObject({ role: 'facilitator' });
    expect(wordsOf(await fays.state(), 'one')).toBeNull();
    fays.update(Y.encodeStateAsUpdate(noteOf('two', 'agreed', 6)));
    await bens.next('update', ({ bytes }) => Buffer.from(bytes).includes('agreed'));
    // Only the collections of this document can be written.
    fays.update(Y.encodeStateAsUpdate(cardsInNotes()));
    expect(await fays.closed).toMatchObject({ code: 4422 });
  });

  test('R10 G1 an observer is one in their own document too: updates are dropped, and the socket stays open', async () => {
    const olles = await open(olle, `draft/${olle.person}`);
    expect(await olles.told('welcome')).toMatchObject({ role: 'observer' });
    olles.update(Y.encodeStateAsUpdate(noteOf('one', 'mine', 5)));
    expect((await olles.next('denied')).reason).toContain('observer');
    expect(wordsOf(await olles.state(), 'one')).toBeNull();
  });

  test('R10 a person who is removed, or whose link is turned off, loses private documents at once', async () => {
    const anas = await open(ana, anasDraft());
    const bens = await open(ben, `draft/${ben.person}`);
    await Promise.all([anas.told('welcome'), bens.told('welcome')]);
    await ask('DELETE', `/api/admin/boards/${board}/people/${ana.person}`, undefined, adminKey);
    expect(await anas.closed).toEqual({ code: 4401, reason: 'kicked' });
    const all = v.parse(
      v.object({ links: v.array(v.object({ id: v.string(), role: v.string() })) }),
      await (await ask('GET', `/api/boards/${board}/links`, undefined, fay.token)).json(),
    );
    const link = all.links.find(({ role }) => role === 'participant')?.id ?? '';
    await ask('DELETE', `/api/boards/${board}/links/${link}`, undefined, fay.token);
    expect(await bens.closed).toEqual({ code: 4401, reason: 'link-revoked' });
    expect(await attempt(ben, `draft/${ben.person}`)).toBe('4401 link-revoked');
  });
});

/** A record in a root that documents of notes do not have. */
function cardsInNotes(): Y.Doc {
  const doc = new Y.Doc();
  doc.getMap('cards').set('one', new Y.Map());
  return doc;
}

describe('below the routes', () => {
  let house: House;
  let clock: FakeClock;
  let runs: number;

  beforeEach(async () => {
    [clock, runs] = [new FakeClock(), 0];
    house = await openHouse({ clock, documents: trialDocuments });
    for (const person of ['ana', 'ben']) house.membership(person);
  });
  afterEach(() => house.close());

  const retired = async (document: string) => {
    const ana = await house.raw('ana', { document, control: true });
    ana.update(Y.encodeStateAsUpdate(noteOf('one', marker, 4_711)));
    await ana.told('saved');
    await ana.leave();
    await vi.waitFor(() => expect(house.rooms.socketCount('lovtag')).toBe(0));
    clock.advance(60_000);
    await vi.waitFor(() => expect(house.rooms.gauges.heapBytes).toBe(0));
  };

  test('R9 a room checks again who may read, before it admits a socket', async () => {
    const ana = await house.raw('ana', { document: 'draft/ana', control: true });
    await ana.told('welcome');
    const ben = await house.raw('ben', { document: 'draft/ana', control: true });
    expect(await ben.closed).toEqual({ code: 4403, reason: 'not-allowed' });
    expect(ben.heard).toEqual([]);
    expect(house.rooms.socketCount('lovtag', 'draft/ana')).toBe(1);
    expect(house.log.join()).not.toContain(marker);
  });

  test('R9 sockets are counted per document, and the report leaves out private documents', async () => {
    for (const document of ['board', 'draft/ana', 'research'])
      await (await house.raw('ana', { document, control: true })).told('welcome');
    expect(house.rooms.socketCount('lovtag')).toBe(3);
    expect(house.rooms.socketCount('lovtag', 'board')).toBe(1);
    expect(house.rooms.report().map(({ document }) => document)).toEqual(['board', 'research']);
  });

  test('R9 G21 additions to private documents count together for the board', async () => {
    await house.close();
    const records = { clients: 100, records: 8, keys: 1_000, bytes: 100_000 };
    const allowances = {
      person: records,
      board: records,
      leads: { person: 100, board: 100 },
      newcomers: 100,
      renamings: { person: 100, role: 100 },
    };
    house = await openHouse({ clock, documents: trialDocuments, allowances });
    const answers: string[] = [];
    for (let n = 0; n < 8; n++) {
      house.membership(`crowd${n}`);
      const one = await house.raw(`crowd${n}`, { control: true, document: `draft/crowd${n}` });
      one.update(Y.encodeStateAsUpdate(noteOf('one', 'mine', 100 + n)));
      const { control } = await one.next('control', (heard) => /saved|refused/.test(heard.control.kind));
      answers.push(control.kind);
    }
    // The last quarter is for people who wrote before.
    expect(answers).toEqual([...Array<string>(6).fill('saved'), 'refused', 'refused']);
  });

  test('R9 L1 after a loss, its reader’s edits are restored as a whole, because nobody else wrote in it', async () => {
    const doc = noteOf('one', marker, 4_711);
    const other = noteOf('two', 'from another page', 4_712);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    house.store.isBehind = true;
    for (const [document, told] of [
      ['research', 'held'],
      ['draft/ana', 'saved'],
    ] as const) {
      const ana = await house.raw('ana', { document, control: true });
      await ana.next('step1');
      ana.step2(Y.encodeStateAsUpdate(doc));
      const { control } = await ana.next('control', (one) => /saved|held/.test(one.control.kind));
      expect([document, control.kind]).toEqual([document, told]);
      if (told === 'saved') expect(wordsOf(await ana.state(), 'two')).toBe('from another page');
    }
    expect(await house.store.held('lovtag/draft/ana')).toEqual([]);
  });

  test('R11 versions are stored only for documents whose definition says so', async () => {
    await retired('draft/ana');
    await retired('research');
    expect(await house.store.versions('lovtag/draft/ana')).toEqual([]);
    expect(await house.store.versions('lovtag/research')).toHaveLength(1);
  });

  test('M1 R11 a private document of an older layout is migrated without a version, and the board’s record stays', async () => {
    await retired('draft/ana');
    const { store } = house;
    await house.close();
    const migration = {
      to: 2,
      run: (doc: Y.Doc) => (runs++, textOf(doc, notes, 'one', 'text')?.insert(0, '2 ')),
    };
    const two = served({ ...draft, schema: { version: 2, migrations: [migration] } });
    house = await openHouseOn(store.reopened(), { clock, documents: [two] });
    house.membership('ana');
    for (const document of ['draft/ana', 'draft/ana']) {
      const ana = await house.raw('ana', { document, control: true, schema: 2 });
      expect(wordsOf(await ana.state(), 'one')).toBe(`2 ${marker}`);
    }
    expect(runs).toBe(1);
    expect(await house.store.versions('lovtag/draft/ana')).toEqual([]);
    expect((await house.store.board('lovtag'))?.schema).toBeUndefined();
    const behind = await house.raw('ana', { document: 'draft/ana' });
    expect(await behind.closed).toEqual({ code: 4426, reason: 'reload' });
  });
});
