// A server with rooms, and its memory before it had any.
import { setTimeout as pause } from 'node:timers/promises';
import { memoryOf } from './process-stats.mjs';

/** With fewer rooms than this, memory per room is not measured. */
const manyRooms = 50;

/**
 * Makes rooms. Those of Resa are made over HTTP and by people who write. That must not count, so a Resa server with
 * many rooms is restarted on them.
 */
export async function furnished(started, count, of, again) {
  if (!started.isOurs || count < manyRooms) {
    const emptyBytes = await settledMemory(started);
    return { system: started, rooms: await started.rooms(count, of), emptyBytes };
  }
  const rooms = await started.rooms(count, of);
  const system = await again();
  return { system, rooms, emptyBytes: await settledMemory(system) };
}

/** Resident bytes after recent work has settled and garbage is collected. */
export async function settledMemory(system) {
  await pause(500);
  await system.collect();
  return memoryOf(system.pid);
}
