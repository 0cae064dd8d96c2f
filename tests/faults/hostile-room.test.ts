import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import * as encoding from 'lib0/encoding';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { cards } from '../../shared/collections/card.ts';
import { buildRecord } from '../../shared/schema/collection.ts';
import { maxHeldBytes } from '../../server/live/limits.ts';
import { maxCardText, maxFrameBytes } from '../../shared/limits.ts';
import { writePointer } from '../../shared/wire/pointer.ts';
import { controlProtocol, frameKind, syncKind } from '../../shared/wire/protocol.ts';
import { handUpdate } from '../server/live/hand-update.ts';
import { syncFrame } from '../server/live/raw-client.ts';
import { Chance, seed } from './chance.ts';
import type { Joined, Made } from './invited.ts';
import { join, makeBoard } from './invited.ts';
import { Member } from './member.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';
import { agreed } from './writers.ts';

/** How long an edit may take from Ana to Ben while a room is attacked, on a machine with other work. */
const worstMs = 1_000;
const medianMs = 100;

/** The same while nobody attacks. On a busy machine, the limits under attack are multiples of it. */
let quietMs = 0;
let quietWorstMs = 0;
const mostTimesQuiet = 5;

/** The server's heap limit here, in megabytes, so that unlimited use ends it; and its limit of resident memory. */
const heapMb = 160;
const residentMb = 400;

const metricsKey = 'a-key-for-the-figures-only';

/** A board of 1,000 long cards: each client that asks for the state is sent 1 MB. */
const cardsThere = 1_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: ServerProcess;
let made: Made;
let membership: Joined;
/** Two people at work, who must not notice. */
let ana: Member;
let ben: Member;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await ServerProcess.start({
    folder: folder.path,
    nodeArgs: [`--max-old-space-size=${heapMb}`],
    env: { JOIN_PER_MINUTE: '10000', METRICS_KEY: metricsKey },
  });
  made = await makeBoard(server.url);
  membership = await join(server.url, made.links.participant, 'Mallory');
  const socket = await mallory();
  for (let i = 0; i < cardsThere; i += 250) {
    const doc = new Y.Doc();
    for (let n = i; n < i + 250; n++)
      doc.getMap(cards.name).set(`there${n}`, buildRecord(cards, { text: 'x'.repeat(maxCardText / 4) }));
    socket.send(syncFrame(i === 0 ? syncKind.step2 : syncKind.update, Y.encodeStateAsUpdate(doc)));
  }
  ana = await Member.join(server.url, made.links.facilitator, 'Ana');
  ben = await Member.join(server.url, made.links.participant, 'Ben');
  await agreed([ana, ben]);
  socket.terminate();
  const tookMs = await workUntil(Promise.resolve());
  quietMs = medianOf(tookMs);
  quietWorstMs = tookMs.at(-1) ?? 0;
});

afterAll(async () => {
  for (const member of [ana, ben]) member.close();
  await server.kill();
  await folder.remove();
});

/** Opens a socket of Mallory's that reads everything and discards it. */
async function mallory(): Promise<WebSocket> {
  const url = `${server.url.replace('http', 'ws')}/sync/${membership.board}/board?token=${membership.token}`;
  const socket = new WebSocket(url, [controlProtocol]);
  // A server that closes while much data is in transit resets the connection.
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

/** Ana writes and Ben reads, repeatedly, until a promise settles. Returns the duration of each edit. */
async function workUntil(over: Promise<unknown>): Promise<number[]> {
  const chance = new Chance(seed);
  const tookMs: number[] = [];
  const state = { isOver: false };
  void over.finally(() => (state.isOver = true));
  while (!state.isOver || tookMs.length < 20) {
    const began = performance.now();
    ana.edit(chance);
    // Sometimes the edit is a move of a card, with nothing to look for.
    const claim = ana.written.at(-1);
    await ben.until(() => !claim || ben.has(claim));
    tookMs.push(performance.now() - began);
    await turn();
  }
  await over;
  return tookMs.sort((a, b) => a - b);
}

const medianOf = (sorted: readonly number[]) => sorted[Math.floor(sorted.length / 2)] ?? Infinity;

/** Checks that the pair stays within the limits during the attack, and that the server's memory does too. */
async function endures(attack: Promise<unknown>): Promise<void> {
  const tookMs = await workUntil(attack);
  expect(medianOf(tookMs)).toBeLessThan(Math.max(medianMs, mostTimesQuiet * quietMs));
  expect(tookMs.at(-1)).toBeLessThan(Math.max(worstMs, mostTimesQuiet * quietWorstMs));
  expect([ana.closings, ben.closings]).toEqual([[], []]);
  expect(server.isAlive).toBe(true);
  expect(server.errors).toEqual([]);
  expect(await residentOf(server.pid)).toBeLessThan(residentMb);
}

/** The resident memory of a process in megabytes, as Linux counts it. */
async function residentOf(pid: number): Promise<number> {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

async function counted(name: string): Promise<number> {
  const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${metricsKey}` } });
  const [, value] = new RegExp(`^${name} (\\S+)$`, 'm').exec(await answer.text()) ?? [];
  return Number(value);
}

/** Sends frames as fast as the network takes them, until all are sent or the socket is closed. */
async function flood(socket: WebSocket, frames: readonly Uint8Array[]): Promise<void> {
  for (const [i, frame] of frames.entries()) {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(frame);
    if (i % 200 === 199) await turn();
  }
}

/** Waits until the server has read everything sent, or has closed the socket. */
async function isHeard(socket: WebSocket, patienceMs: number): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  socket.ping();
  await Promise.race([
    once(socket, 'pong'),
    once(socket, 'close'),
    once(AbortSignal.timeout(patienceMs), 'abort'),
  ]);
}

const times = (count: number, make: (i: number) => Uint8Array) =>
  Array.from({ length: count }, (_, i) => make(i));

function presenceFrame(client: number, clock: number): Uint8Array {
  const entry = encoding.encode((encoder) => {
    for (const number of [1, client, clock]) encoding.writeVarUint(encoder, number);
    encoding.writeVarString(encoder, JSON.stringify({ at: clock }));
  });
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, frameKind.awareness);
    encoding.writeVarUint8Array(encoder, entry);
  });
}

function pointerFrame(i: number): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, frameKind.pointer);
    writePointer(encoder, { place: `lane${i % 7}/phase/`, x: i % 10_000, y: 1 }, false);
  });
}

/** A request for almost the whole state, different each time, so that no answer can be reused. */
function step1Frame(i: number): Uint8Array {
  return syncFrame(
    syncKind.step1,
    encoding.encode((encoder) => {
      for (const number of [1, 4_000_000_000 - i, 1 + i]) encoding.writeVarUint(encoder, number);
    }),
  );
}

/** This many structs at one position: one item, and the others directly after it. */
function crowdAt(count: number): Uint8Array {
  const client = 77;
  const first = { parent: cards.name, key: 'crowded', content: { type: 'map' } } as const;
  const text = { parent: { client, clock: 0 }, key: 'text', content: { type: 'text' } } as const;
  const letter = { parent: { client, clock: 1 }, content: { string: 'x' } } as const;
  return handUpdate([
    { client, clock: 0, structs: [first, text, ...Array.from({ length: count }, () => letter)] },
  ]);
}

/** A value nested this many times. */
function nested(depth: number): Uint8Array {
  const bytes = handUpdate([
    { client: 78, clock: 0, structs: [{ parent: cards.name, key: 'deep', content: { any: ['MARK'] } }] },
  ]);
  const at = Buffer.from(bytes).indexOf('MARK') - 2;
  // 117: an array of one element; 126: null.
  const value = Buffer.concat([Buffer.alloc(2 * depth, Uint8Array.of(117, 1)), Uint8Array.of(126)]);
  return Buffer.concat([bytes.subarray(0, at), value, bytes.subarray(at + 6)]);
}

describe('one expensive frame: its socket is closed, and nobody waits', () => {
  test.for<[string, () => Uint8Array, readonly number[]]>([
    [
      'a million structs, half of them missing,',
      () =>
        Buffer.concat([
          Uint8Array.of(1, 0xc0, 0x84, 0x3d, 79, 0),
          Buffer.alloc(2 * 500_000, Uint8Array.of(0, 1)),
        ]),
      [4400, 4413, 4422],
    ],
    ['50,000 structs at one place', () => crowdAt(50_000), [4422]],
    ['a value nested 400,000 times', () => nested(400_000), [4400]],
    [
      'a value of 4 GB by its length',
      () =>
        Uint8Array.of(1, 1, 80, 0, 40, 1, 5, 99, 97, 114, 100, 115, 1, 97, 1, 116, 255, 255, 255, 255, 15),
      [4400],
    ],
  ])('G16 G19 an update with %s is refused', async ([, update, codes]) => {
    const socket = await mallory();
    const closed = once(socket, 'close');
    socket.send(syncFrame(syncKind.step2, update()));
    await endures(closed);
    expect(codes).toContain((await closed)[0]);
  });
});

test('G3 W4 held updates are limited to 1,000 frames and 1 MiB', async () => {
  const sockets = await Promise.all(Array.from({ length: 12 }, mallory));
  const closed = sockets.map((socket) => once(socket, 'close'));
  // More bytes than are held for a connection, and fewer than a person may send at once.
  const bomb = times(Math.ceil((1.1 * maxHeldBytes) / 8_000), (i) => {
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'x');
    const before = Y.encodeStateVector(doc);
    doc.getText('t').insert(1, String(i % 10).repeat(8_000));
    return syncFrame(syncKind.update, Y.encodeStateAsUpdate(doc, before));
  });
  await endures(Promise.all(sockets.map((socket) => flood(socket, bomb))).then(() => Promise.all(closed)));
  for (const one of closed) expect((await one)[0]).toBe(4422);
});

describe('floods: the sender is paused or closed, and nobody else waits', () => {
  test.for<[string, string, () => Uint8Array[]]>([
    ['P5 B4', 'presence', () => times(6_000, (i) => presenceFrame(4_711, i + 1))],
    ['P11 B4', 'pointers', () => [presenceFrame(4_712, 1), ...times(6_000, pointerFrame)]],
    [
      'B4 B7',
      'requests for the whole state',
      () => times(6_000, () => syncFrame(syncKind.step1, Uint8Array.of(0))),
    ],
    ['B4 B5', 'requests for different parts of the state', () => times(6_000, step1Frame)],
    ['B4', 'frames of a megabyte with nothing new', () => times(24, () => presenceNoise())],
  ])('%s a flood of %s delays nobody else', async ([, , frames]) => {
    const before = await counted('resa_sender_pauses_total');
    const socket = await mallory();
    await endures(flood(socket, frames()).then(() => isHeard(socket, 3_000)));
    const isPutOut = socket.readyState !== socket.OPEN;
    socket.terminate();
    expect(isPutOut || (await counted('resa_sender_pauses_total')) > before).toBe(true);
  });

  test('B4 thirty sockets of one person share the person’s rates', async () => {
    const before = await counted('resa_sender_pauses_total');
    const sockets = await Promise.all(Array.from({ length: 30 }, mallory));
    const work = sockets.map(async (socket, n) => {
      // Less than one connection may send, and together more than one person may.
      await flood(
        socket,
        times(100, (i) => presenceFrame(5_000 + n, i + 1)),
      );
      await isHeard(socket, 3_000);
    });
    await endures(Promise.all(work));
    for (const socket of sockets) socket.terminate();
    expect(await counted('resa_sender_pauses_total')).toBeGreaterThan(before);
  });
});

/** A presence frame of maximum size, with entries of other people. */
function presenceNoise(): Uint8Array {
  const body = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 500);
    for (let i = 0; i < 500; i++) {
      encoding.writeVarUint(encoder, 9_000 + i);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(
        encoder,
        JSON.stringify({ noise: 'x'.repeat(Math.floor(maxFrameBytes / 500) - 40) }),
      );
    }
  });
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, frameKind.awareness);
    encoding.writeVarUint8Array(encoder, body);
  });
}
