// Many people join at once, as when a link is projected on a wall. How long until all have the board, what it costs,
// and what a person at work meanwhile notices.
import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { median } from '../figures.mjs';
import { disagreeing, drained, gather, leave, testimony, work } from './crowd.mjs';
import { LightSocket } from './light-socket.mjs';
import { joinWhole } from './person.mjs';
import { cpuBetween, cpuOf, memoryOf, watchMemory } from './process-stats.mjs';
import { clientFrame, sync, syncFrame } from './wire.mjs';

const overMs = 1_000;
const mostSeconds = 25;

export async function joinStorm(system, { of, people }) {
  const [room] = await system.rooms(1, of);
  const memberships = await room.memberships(people);
  const kinds = [
    { role: 'participant', edits: 20, moves: 0 },
    { role: 'observer', edits: 0, moves: 0 },
  ];
  const crowd = await gather(system, [room], { kinds, seconds: mostSeconds + 1, witnesses: 1 });
  let isOver = false;
  const working = work(crowd, mostSeconds, () => isOver);
  await pause(1_000);

  await system.profile();
  const before = { cpu: cpuOf(system.pid), memory: memoryOf(system.pid) };
  const memory = watchMemory(system.pid);
  const began = performance.now();
  const whole = room.state.length * 0.9;
  const joined = await Promise.all(
    memberships.map(async (membership, i) => {
      await pause((i * overMs) / people);
      return comeIn(system.port, membership, whole);
    }),
  );
  const allSynced = performance.now();
  await pause(200);
  const cpuUs = cpuBetween(before.cpu, cpuOf(system.pid));
  memory.stop();
  await system.profile();
  isOver = true;
  await working;
  await drained(crowd);
  const seen = testimony(crowd, began, allSynced);
  let lost = null;
  if (!system.isFloor) {
    const [membership] = await room.memberships(1, 'observer');
    const late = await joinWhole(system.port, membership);
    lost = disagreeing(crowd.people, late.doc).length;
    late.close();
  }
  for (const { socket } of joined) socket.close();
  leave(crowd);
  return {
    allSyncedMs: allSynced - began,
    syncedP50: median(joined.map(({ ms }) => ms)),
    cpuMs: cpuUs / 1000,
    worstEditMs: Math.max(...seen.editMs),
    editP50: median(seen.editMs),
    editsArrived: seen.editsCame / seen.editsDue,
    peakBytes: memory.highest() - before.memory,
    stateBytes: room.state.length,
    lost,
    closed: joined.filter(({ socket }) => socket.isClosed).length,
  };
}

/** Joins without any state, and waits until so many bytes have arrived that they can only be the whole state. */
async function comeIn(port, { path, protocol, dialect }, whole) {
  const began = performance.now();
  const socket = await LightSocket.open({ port, path, protocol });
  const isIn = new Promise((resolve, reject) => {
    socket.onLarge = resolve;
    socket.onClose = () => reject(new Error(`Somebody who came was sent away with ${socket.closeCode}.`));
  });
  socket.largeBytes = whole;
  const hello = [...dialect.greeting(), syncFrame(sync.step1, Y.encodeStateVector(new Y.Doc()))];
  socket.write(Buffer.concat(hello.map((frame) => clientFrame(dialect.wrap(frame)))));
  await isIn;
  socket.onClose = null;
  return { socket, ms: performance.now() - began };
}
