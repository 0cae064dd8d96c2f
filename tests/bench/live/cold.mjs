// A large board with a long history, opened by the first person after a start.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { median } from '../figures.mjs';
import { gather, leave } from './crowd.mjs';
import { LightSocket } from './light-socket.mjs';
import { joinWhole } from './person.mjs';
import { clientFrame, sync, syncFrame } from './wire.mjs';

/** Edits written to the socket at once; then other work gets a turn. */
const atOnce = 200;
const mostMs = 60_000;

/** @param again restarts the same system on its stored data */
export async function coldOpen(system, { of, edits, writers, opens }, { again }) {
  const [room] = await system.rooms(1, of);
  const [membership] = await room.memberships(1, 'observer');
  const kinds = [
    ...Array.from({ length: writers }, () => ({ role: 'participant', edits: edits / writers, moves: 0 })),
    { role: 'observer', edits: 0, moves: 0 },
  ];
  const crowd = await gather(system, [room], { kinds, seconds: 1, witnesses: 0 });
  crowd.watch([crowd.people.at(-1)]);
  const began = performance.now();
  await writeAll(crowd, edits / writers);
  const writtenMs = performance.now() - began;
  const late = await joinWhole(system.port, membership);
  const stateBytes = Y.encodeStateAsUpdate(late.doc).length;
  late.close();
  leave(crowd);
  // Time for delayed stores to finish before the stop.
  await pause(3_000);
  await system.stop();
  const diskBytes = await bytesIn(system.folder);
  const times = [];
  for (let i = 0; i < opens; i++) {
    const anew = await again();
    await pause(300);
    times.push(await openOnce(anew.port, membership, stateBytes / 2));
    await anew.stop();
  }
  return { openMs: median(times), diskBytes, diskToState: diskBytes / stateBytes, stateBytes, writtenMs };
}

/** One writer at a time, each as fast as the server reads. The next one begins when the witness has everything. */
async function writeAll({ people }, each) {
  const { witness } = people.at(-1);
  for (const person of people.slice(0, -1)) {
    const came = witness.editCame.get(person);
    const began = performance.now();
    for (let i = 0; i < each; i += atOnce) {
      person.socket.write(Buffer.concat(person.frames.slice(i, Math.min(i + atOnce, each))));
      await person.socket.flushed();
    }
    while (came[each - 1] === 0) {
      if (performance.now() - began > mostMs) throw new Error('The edits do not arrive.');
      await pause(10);
    }
  }
}

/** @returns ms from before the connection until the whole state has arrived */
async function openOnce(port, { path, protocol, dialect }, whole) {
  const began = performance.now();
  const socket = await LightSocket.open({ port, path, protocol });
  const isIn = new Promise((resolve, reject) => {
    socket.onLarge = resolve;
    socket.onClose = () => reject(new Error(`Who opened the board was sent away with ${socket.closeCode}.`));
  });
  socket.largeBytes = whole;
  for (const frame of dialect.greeting()) socket.write(clientFrame(dialect.wrap(frame)));
  socket.write(clientFrame(dialect.wrap(syncFrame(sync.step1, Y.encodeStateVector(new Y.Doc())))));
  await isIn;
  const ms = performance.now() - began;
  socket.onClose = null;
  socket.close();
  return ms;
}

async function bytesIn(folder) {
  const files = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = await Promise.all(
    files.filter((one) => one.isFile()).map(async (one) => (await stat(join(one.parentPath, one.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
