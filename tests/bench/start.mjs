// How long the server takes to start, with many boards on its disk.
import { spawnSync } from 'node:child_process';
import { Peer, post } from './peer.mjs';
import { startServer } from './server.mjs';

/** Makes so many boards through the API, a few at a time. */
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
 * Starts the server some times; each time from the start of the process to the first 200 of /healthz.
 * It is ended in order, or by `kill`.
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

/** Writes so many bytes of updates, and takes the power away: the next start finds a long journal. */
export async function fillJournal(folder, bytes) {
  const server = await startServer(folder);
  const { links } = await post(`${server.url}/api/boards`, { title: 'Long', template: 'journey' });
  const ana = await Peer.join(server.url, links.facilitator, 'Ana');
  const text = [...ana.doc.getMap('lanes').values()][0].get('title');
  const each = 250;
  // A room makes a checkpoint of itself every 1,000 updates; the journal holds on to what others need.
  for (let written = 0; written < bytes; written += each * 8) {
    for (let i = 0; i < 8; i++) {
      text.insert(0, 'm'.repeat(each));
      text.delete(0, each);
    }
    await ana.saved();
  }
  await server.kill();
}

/** What Node itself takes to start and end. */
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
