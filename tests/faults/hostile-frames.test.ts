import { once } from 'node:events';
import * as encoding from 'lib0/encoding';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { cards, addCard } from '../../shared/collections/card.ts';
import { lanes } from '../../shared/collections/lane.ts';
import { people } from '../../shared/collections/person.ts';
import { buildRecord } from '../../shared/schema/collection.ts';
import { openRoots } from '../../shared/documents.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import { maxCardText, maxFrameBytes } from '../../shared/limits.ts';
import { frameKind, syncKind } from '../../shared/wire/protocol.ts';
import { Chance, seed } from './chance.ts';
import type { Made } from './invited.ts';
import { join, makeBoard } from './invited.ts';
import { Member } from './member.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';
import { agreed } from './writers.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: ServerProcess;
let made: Made;
/** Two people at work, whom Mallory must not affect. */
let ana: Member;
let ben: Member;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await ServerProcess.start({ folder: folder.path, env: { JOIN_PER_MINUTE: '10000' } });
  made = await makeBoard(server.url);
  ana = await Member.join(server.url, made.links.facilitator, 'Ana');
  ben = await Member.join(server.url, made.links.participant, 'Ben');
  await agreed([ana, ben]);
});
afterAll(async () => {
  for (const member of [ana, ben]) member.close();
  await server.kill();
  await folder.remove();
});

function syncFrame(payload: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, frameKind.sync);
    encoding.writeVarUint(encoder, syncKind.update);
    encoding.writeVarUint8Array(encoder, payload);
  });
}

/** The update of an outsider's program: one edit of an empty document. */
function forged(edit: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc();
  edit(doc);
  return syncFrame(Y.encodeStateAsUpdate(doc));
}

const marked = 'mallory was here';
const card = () => buildRecord(cards, { text: marked });
const long = (bytes: number) =>
  forged((doc) => doc.getMap(cards.name).set('large', buildRecord(cards, { text: 'm'.repeat(bytes) })));
const good = () => forged((doc) => doc.getMap(cards.name).set('cut', card()));

/** A frame, and its close code by docs/API.md. */
const hostile: [string, () => Uint8Array | string, number][] = [
  ['a frame over 1 MiB', () => long(maxFrameBytes), 4413],
  ['a frame over 2 MiB', () => long(2 * maxFrameBytes), 4413],
  ['a frame cut in two', () => good().slice(0, good().length >> 1), 4400],
  ['an update cut in two', () => syncFrame(good().slice(4, good().length >> 1)), 4400],
  ['a length beyond the end', () => Uint8Array.of(0, 2, 255, 255, 255, 255, 15), 4400],
  ['an endless number', () => new Uint8Array(64).fill(255), 4400],
  ['an empty frame', () => new Uint8Array(0), 4400],
  ['two messages in one frame', () => Uint8Array.of(...good(), ...good()), 4400],
  ['text', () => 'hello', 4400],
  ['JSON as text', () => '{"kind":"saved","frames":9}', 4400],
  ['a control frame', () => Uint8Array.of(frameKind.control, 2, 123, 125), 4400],
  ['an unknown root', () => forged((doc) => doc.getMap('secrets').set('a', marked)), 4422],
  ['a known root as a list', () => forged((doc) => doc.getArray(cards.name).insert(0, [marked])), 4422],
  ['a card that is a string', () => forged((doc) => doc.getMap(cards.name).set('a', marked)), 4422],
  [
    'a text that is a number',
    () => forged((doc) => doc.getMap(cards.name).set('a', withField('text', 7))),
    4422,
  ],
  [
    'a text that is a string',
    () => forged((doc) => doc.getMap(cards.name).set('a', withField('text', marked))),
    4422,
  ],
  [
    'a place that is a list',
    () => forged((doc) => doc.getMap(cards.name).set('a', withField('place', [1, 2]))),
    4422,
  ],
  [
    'an unknown field of a card',
    () => forged((doc) => doc.getMap(cards.name).set('a', withField('html', marked))),
    4422,
  ],
  [
    'another person as author',
    () => forged((doc) => doc.getMap(cards.name).set('a', withField('author', 'ana'))),
    4422,
  ],
  ['an invalid id', () => forged((doc) => doc.getMap(cards.name).set('../../etc/passwd', card())), 4422],
  ['a text over twice its limit', () => long(2 * maxCardText + 1), 4422],
  [
    'a person',
    () => forged((doc) => doc.getMap(people.name).set('a', buildRecord(people, { name: marked }))),
    4422,
  ],
  [
    'a lane by a participant',
    () => forged((doc) => doc.getMap(lanes.name).set('a', buildRecord(lanes, { title: marked }))),
    4403,
  ],
];

function withField(field: string, value: unknown): Y.Map<unknown> {
  const record = card();
  record.set(field, value);
  return record;
}

/** Opens a socket as a participant who has answered step 1 with nothing. */
async function mallory(at = made): Promise<{ socket: WebSocket; closed: Promise<number> }> {
  const { board, token } = await join(server.url, at.links.participant, 'Mallory');
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/sync/${board}/board?token=${token}`);
  // A server that closes while 8 MiB are in transit resets the connection.
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  socket.send(Uint8Array.of(frameKind.sync, syncKind.step2, 2, 0, 0));
  return { socket, closed };
}

/** Both write something; it reaches the disk and the other, on the sockets that they had from the start. */
async function othersGoOn(): Promise<void> {
  const chance = new Chance(seed);
  for (const member of [ana, ben]) for (let i = 0; i < 3; i++) member.edit(chance);
  const words = [ana, ben].map((member) => member.written.slice(-3));
  await Promise.all([
    ana.until(() => ana.isSaved && (words[1] ?? []).every((claim) => ana.has(claim))),
    ben.until(() => ben.isSaved && (words[0] ?? []).every((claim) => ben.has(claim))),
  ]);
  expect([ana.closings, ben.closings]).toEqual([[], []]);
  expect(ana.state.includes(marked)).toBe(false);
  expect([...ana.doc.share.keys()]).not.toContain('secrets');
  expect(server.isAlive).toBe(true);
  expect(server.errors).toEqual([]);
}

// Concurrent, so that the 40 seconds of the last test delay no other.
describe.concurrent('while Ana and Ben write', () => {
  test.for(hostile)('Mallory sends %s: closed with the documented code', async ([, frame, code]) => {
    const { socket, closed } = await mallory();
    socket.send(frame());
    expect(await closed).toBe(code);
    await othersGoOn();
  });

  test('Mallory sends an update that depends on unknown content', async () => {
    const doc = new Y.Doc();
    const text = doc.getText('t');
    text.insert(0, marked);
    const before = Y.encodeStateVector(doc);
    text.insert(3, marked);
    const { socket, closed } = await mallory();
    socket.send(syncFrame(Y.encodeStateAsUpdate(doc, before)));
    expect(await closed).toBe(4422);
    await othersGoOn();
  });

  test("Mallory writes under Cleo's client id, from where Cleo stopped", async () => {
    const cleo = await Member.join(server.url, made.links.participant, 'Cleo');
    await agreed([cleo]);
    cleo.edit(new Chance(seed));
    await agreed([cleo]);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(cleo.doc));
    doc.clientID = cleo.doc.clientID;
    const before = Y.encodeStateVector(doc);
    doc.getMap(cards.name).set('a', card());
    const { socket, closed } = await mallory();
    socket.send(syncFrame(Y.encodeStateAsUpdate(doc, before)));
    expect(await closed).toBe(4422);
    expect(cleo.closings).toEqual([]);
    cleo.close();
    await othersGoOn();
  });

  test('Mallory sends random bytes: each socket closes with a documented code, and others are not affected', async () => {
    onTestFailed(() => console.error(`SEED=${seed} runs this again`));
    const chance = new Chance(seed);
    for (let round = 0; round < 60; round++) {
      const { socket, closed } = await mallory();
      const noise = chance.bytes(1 + chance.below(400));
      // Half of them look like an update until they are read.
      socket.send(round % 2 === 0 ? noise : syncFrame(noise));
      // It may happen to be a harmless frame; this one is not.
      socket.send('and that is all');
      expect([4400, 4422]).toContain(await closed);
    }
    await othersGoOn();
  });

  test('Mallory changes one byte of a valid update: it is applied or closed with a documented code', async () => {
    onTestFailed(() => console.error(`SEED=${seed} runs this again`));
    // On a separate board: valid updates are accepted.
    const lab = await makeBoard(server.url, 'Lab');
    const dina = await Member.join(server.url, lab.links.facilitator, 'Dina');
    const chance = new Chance(seed);
    for (let round = 0; round < 60; round++) {
      const { socket, closed } = await mallory(lab);
      const update = good();
      update[3 + chance.below(update.length - 3)] = chance.below(256);
      socket.send(update);
      socket.send('and that is all');
      expect([4400, 4413, 4422]).toContain(await closed);
    }
    dina.edit(chance);
    await agreed([dina]);
    expect(dina.closings).toEqual([]);
    dina.close();
    await othersGoOn();
  });

  test('a person alone, silent, with a stock provider stays connected for 40 seconds', async () => {
    const quiet = await makeBoard(server.url, 'Quiet');
    const { board, person, token } = await join(server.url, quiet.links.participant, 'Disa');
    const doc = new Y.Doc();
    openRoots(doc);
    const provider = new WebsocketProvider(
      `${server.url.replace('http', 'ws')}/sync/${board}`,
      'board',
      doc,
      {
        params: { token },
        WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
        disableBc: true,
      },
    );
    const changes: string[] = [];
    provider.on('status', ({ status }) => changes.push(status));
    // Nothing can be injected here: the provider's own watchdog runs on its own clock, and closes a silent socket
    // after 33 s at the latest. tests/server/live/stock-versions.test.ts has the longer run on a clock of its own.
    await new Promise((resolve) => setTimeout(resolve, 40_000));
    expect(changes).toEqual(['connected']);
    expect(provider.synced).toBe(true);
    // The connection is not only open but works.
    const [lane] = doc.getMap(lanes.name).keys();
    addCard(
      new PlainEditor(doc, person),
      { lane: lane ?? '', phase: '', step: null },
      { text: 'still here' },
    );
    const eva = await Member.join(server.url, quiet.links.participant, 'Eva');
    await eva.until(() => eva.state.includes('still here'));
    eva.close();
    provider.destroy();
    provider.awareness.destroy();
    doc.destroy();
  });
});
