// The cost of an idle socket: resident memory, with and without rooms.
import { appear, gather, leave } from './crowd.mjs';
import { furnished, settledMemory } from './furnished.mjs';

const silent = { role: 'participant', edits: 0, moves: 0 };

/** Fills rooms with people who send their presence, and then nothing. */
export async function idleSockets(system, { rooms: count, people, of }, { again }) {
  const { system: running, rooms, emptyBytes } = await furnished(system, count, of, again);
  const first = await come(running, rooms, 1);
  const opened = await settledMemory(running);
  const rest = await come(running, rooms, people - 1);
  const full = await settledMemory(running);
  const closed = [...first.people, ...rest.people].filter(({ wasClosed }) => wasClosed).length;
  leave(first);
  leave(rest);
  return {
    perSocket: (full - emptyBytes) / (count * people),
    perFurtherSocket: (full - opened) / (count * (people - 1)),
    perRoom: (opened - emptyBytes) / count,
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
