// A server with rooms in it, and what it weighed before it had any.
import { setTimeout as pause } from 'node:timers/promises';
import { memoryOf } from './process-stats.mjs';

/** With fewer rooms than this their memory is not what is asked for. */
const manyRooms = 50;

/**
 * Makes rooms. Those of ours are made over HTTP and by people who write: that is not to count, so a server of
 * ours that is given many is started anew on them.
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

/** Resident bytes once what has just happened is over, and its garbage is collected. */
export async function settledMemory(system) {
  await pause(500);
  await system.collect();
  return memoryOf(system.pid);
}
