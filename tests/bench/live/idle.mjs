// What a socket costs that does nothing: resident memory, with rooms and without.
import { setTimeout as pause } from 'node:timers/promises';
import { appear, gather, leave } from './crowd.mjs';
import { memoryOf } from './process-stats.mjs';

const silent = { role: 'participant', edits: 0, moves: 0 };

/** @param again starts the same system anew on its folder, so that making the boards is not counted */
export async function idleSockets(system, { rooms: count, people, of }, { again }) {
  const isKept = system.isOurs;
  const emptyBytes = isKept ? 0 : await settledMemory(system);
  const rooms = await system.rooms(count, of);
  const running = isKept ? await again() : system;
  const empty = isKept ? await settledMemory(running) : emptyBytes;
  const first = await come(running, rooms, 1);
  const opened = await settledMemory(running);
  const rest = await come(running, rooms, people - 1);
  const full = await settledMemory(running);
  const closed = [...first.people, ...rest.people].filter(({ wasClosed }) => wasClosed).length;
  leave(first);
  leave(rest);
  return {
    perSocket: (full - empty) / (count * people),
    perFurtherSocket: (full - opened) / (count * (people - 1)),
    perRoom: (opened - empty) / count,
    memoryBytes: full,
    closed,
  };
}

async function come(system, rooms, people) {
  const kinds = Array.from({ length: people }, () => silent);
  const crowd = await gather(system, rooms, { kinds, seconds: 1, witnesses: 0 });
  appear(crowd, true);
  return crowd;
}

async function settledMemory(system) {
  await pause(1_500);
  await system.collect();
  await system.collect();
  return memoryOf(system.pid);
}
