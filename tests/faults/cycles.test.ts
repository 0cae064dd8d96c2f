import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { idleMs } from '../../server/live/limits.ts';
import { frameKind, syncKind } from '../../shared/wire/protocol.ts';
import { FakeClock } from '../server/live/fake-clock.ts';
import { MemoryStore } from '../server/memory-store.ts';
import { LiveServer } from './live-server.ts';
import { memoryHeld } from './memory.ts';

const cycles = 10_000;
/** People who come and go at once, each on a separate board. */
const atOnce = 100;
/** Cycles after which everything created once is there: code, pools, tables at their size. */
const warmUp = 1_000;
const noiseBytes = 3 << 20;

const names = Array.from({ length: atOnce }, (_, i) => `board${i}`);
const step1 = new Uint8Array([frameKind.sync, syncKind.step1, 1, 0]);

let clock: FakeClock;
let server: LiveServer;

beforeEach(async () => {
  const store = new MemoryStore();
  for (const id of names)
    store.records.set(id, {
      id,
      title: id,
      template: 'journey',
      language: 'en',
      start: 'map',
      createdAt: 0,
      links: [],
      generation: 1,
      frozen: false,
    });
  clock = new FakeClock();
  server = await LiveServer.open(store, clock);
});

afterEach(() => server.close());

/** A person opens a board, gets its state, and leaves: with a close frame, or by a broken link. */
async function openAndLeave(name: string, isPolite: boolean): Promise<void> {
  const socket = new WebSocket(server.at(name, name));
  const isAnswered = new Promise<void>((resolve) => {
    socket.on('message', (frame: Buffer) => {
      if (frame[0] === frameKind.sync && frame[1] === syncKind.step2) resolve();
    });
  });
  await once(socket, 'open');
  socket.send(step1);
  await isAnswered;
  const closed = once(socket, 'close');
  if (isPolite) socket.close();
  else socket.terminate();
  await closed;
}

/** All join, all leave, and all their rooms close. */
async function cycle(): Promise<void> {
  await Promise.all(names.map((name, i) => openAndLeave(name, i % 2 === 0)));
  while (server.rooms.gauges.connections > 0) await turn();
  clock.advance(idleMs);
  while (server.rooms.report().length > 0) await turn();
}

const openSockets = () => process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;

// Slow, because 11,000 cycles each open a real socket, so that a leak of 300 bytes per cycle shows above the noise.
test('R2 a person opens a board and leaves 10,000 times: its memory is freed', async () => {
  for (let done = 0; done < warmUp; done += atOnce) await cycle();
  const before = { memory: await memoryHeld(), timers: clock.timers, sockets: openSockets() };
  for (let done = 0; done < cycles; done += atOnce) await cycle();

  expect(server.rooms.gauges).toMatchObject({ connections: 0, unsaved: 0, heapBytes: 0 });
  expect((await memoryHeld()) - before.memory).toBeLessThan(noiseBytes);
  expect(clock.timers).toBe(before.timers);
  expect(openSockets()).toBe(before.sockets);
});
