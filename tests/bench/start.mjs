// How long the server takes to start with many boards on disk.
import { spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as Y from 'yjs';
import { cellsOf } from './boards.mjs';
import { Peer, post } from './peer.mjs';
import { startServer } from './server.mjs';

/** Makes this many boards through the API, a few at a time. */
export async function makeManyBoards(folder, count) {
  const server = await startServer(folder);
  let left = count;
  const make = async () => {
    while (left-- > 0)
      await post(`${server.url}/api/boards`, { title: `Board ${left}`, template: 'journey' });
  };
  await Promise.all(Array.from({ length: 8 }, make));
  await server.stop();
}

/**
 * Starts the server `rounds` times, and times each from the start of the process to the first 200 of /healthz. Ends it
 * by `stop` or `kill`.
 */
export async function startTimes(folder, port, rounds, how = 'stop') {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    const starting = startServer(folder, port);
    await healthy(`http://127.0.0.1:${port}/healthz`);
    times.push(performance.now() - before);
    await (await starting)[how]();
  }
  return times;
}

/** Just below the longest journal (16 MiB), with fewer updates per board than trigger compaction. */
const long = { boards: 14, cards: 300, characters: 3_500 };

/**
 * Writes to several boards and kills the server, so that the next start finds a long journal. @returns the journal's
 * bytes
 */
export async function fillJournal(folder) {
  const server = await startServer(folder);
  const write = async () => {
    const { links } = await post(`${server.url}/api/boards`, { title: 'Long', template: 'journey' });
    const ana = await Peer.join(server.url, links.facilitator, 'Ana');
    const place = { ...cellsOf(ana.doc)[0], order: 'a0' };
    for (let i = 0; i < long.cards; i++) {
      const text = new Y.Text('m'.repeat(long.characters));
      ana.doc.getMap('cards').set(
        `card${i}`,
        new Y.Map([
          ['text', text],
          ['personas', new Y.Map()],
          ['place', place],
        ]),
      );
      if (i % 10 === 9) await ana.saved();
    }
  };
  await Promise.all(Array.from({ length: long.boards }, write));
  await server.kill();
  const journal = join(folder, 'journal');
  const sizes = await Promise.all(
    (await readdir(journal)).map(async (name) => (await stat(join(journal, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The time that Node itself takes to start and end. */
export function bareNodeTimes(rounds) {
  return Array.from({ length: rounds }, () => {
    const before = performance.now();
    spawnSync(process.execPath, ['-e', '']);
    return performance.now() - before;
  });
}

async function healthy(url) {
  for (;;) {
    const isThere = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}
