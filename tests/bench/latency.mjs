// How long an edit takes from one person to another, compared with a bare relay and with the disk alone.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as Y from 'yjs';
import { mover } from './boards.mjs';
import { Peer, stateOf } from './peer.mjs';
import { startProgram } from './server.mjs';

const relayProgram = fileURLToPath(new URL('./relay.mjs', import.meta.url));

/**
 * Two people connected through the server, and two through a relay, in alternating blocks: A sends an edit, B receives
 * it, then a short random pause. The disk is timed in between.
 * @returns times in ms: from writing an update to A's socket to its frame at B, and of one fdatasync
 */
export async function editLatency(url, links, folder, { blocks, edits }) {
  const relay = await startProgram([relayProgram], /^relay at (\S+)$/);
  const served = [
    await Peer.join(url, links.facilitator, 'Ana'),
    await Peer.join(url, links.participant, 'Ben'),
  ];
  const relayed = [await Peer.connect(relay.said, false), await Peer.connect(relay.said, false)];
  const state = Y.encodeStateAsUpdate(served[0].doc);
  for (const peer of relayed) Y.applyUpdate(peer.doc, state, peer);
  const times = { served: [], relayed: [], disk: [] };
  for (let block = -1; block < blocks; block++) {
    const isCounted = block >= 0;
    const [viaServer, viaRelay] = [await exchange(served, edits), await exchange(relayed, edits)];
    const disk = await timeDisk(folder, edits);
    if (isCounted) {
      times.served.push(...viaServer);
      times.relayed.push(...viaRelay);
      times.disk.push(...disk);
    }
  }
  await served[0].saved();
  const late = await Peer.join(url, links.observer, 'Olle');
  const states = [...served, late].map(({ doc }) => stateOf(doc));
  if (new Set(states).size !== 1) throw new Error('The two people do not see the same.');
  if (stateOf(relayed[0].doc) !== stateOf(relayed[1].doc)) throw new Error('The relay lost something.');
  for (const peer of [...served, ...relayed, late]) await peer.close();
  await relay.stop();
  return times;
}

async function exchange([from, to], edits) {
  const times = [];
  const moveSomeCard = mover(from.doc);
  for (let i = 0; i < edits; i++) {
    const arrival = new Promise((resolve) => (to.onArrival = resolve));
    moveSomeCard();
    times.push((await arrival) - from.sentAt);
    await pause(1 + Math.random() * 4);
  }
  return times;
}

/** Times a small write at the end of a file with its fdatasync. */
async function timeDisk(folder, count) {
  const file = await open(join(folder, 'disk-alone'), 'a');
  const times = [];
  for (let i = 0; i < count; i++) {
    const before = performance.now();
    await file.write(new Uint8Array(150));
    await file.datasync();
    times.push(performance.now() - before);
  }
  await file.close();
  return times;
}
