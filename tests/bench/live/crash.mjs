// Kills the process while people write: how much of what it acknowledged, or showed to others, is lost?
import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { median, quantile } from '../figures.mjs';
import { acknowledge, acknowledgementMs } from './acknowledgements.mjs';
import { gather, leave, testimony, work } from './crowd.mjs';
import { joinWhole } from './person.mjs';
import { cpuBetween, cpuOf } from './process-stats.mjs';
import { each } from './rooms.mjs';

const warmUpSeconds = 1;
/** After a start, some servers send a room's state in pieces. */
const settleMs = 2_000;

/** @param again restarts the same system on the data left on disk */
export async function killed(system, { rooms: count, writers, perSecond, of }, { seconds, again }) {
  const rooms = await system.rooms(count, of);
  // Before the edits are made, which takes so long that the server would close an idle connection.
  const late = await each(rooms, async (room) => (await room.memberships(1, 'observer'))[0]);
  const writer = { role: 'participant', edits: perSecond, moves: 0 };
  const reader = { role: 'observer', edits: 0, moves: 0 };
  const kinds = [...Array.from({ length: writers }, () => writer), reader];
  const crowd = await gather(system, rooms, {
    kinds,
    seconds: seconds + warmUpSeconds + 1,
    witnesses: 0,
    hear: acknowledge,
  });
  crowd.watch(crowd.rooms.map((people) => people.at(-1)));
  for (const { socket } of crowd.people) socket.onClose = null;

  let isOver = false;
  const working = work(crowd, warmUpSeconds + seconds, () => isOver);
  await pause(warmUpSeconds * 1000);
  const from = performance.now();
  const before = cpuOf(system.pid);
  await system.profile();
  // Kill while everyone is at work, not at the end of an interval.
  await pause(seconds * 1000 - 300);
  const cpuUs = cpuBetween(before, cpuOf(system.pid));
  await system.profile();
  const to = performance.now();
  await system.kill();
  isOver = true;
  await working;
  await pause(100);
  const seen = testimony(crowd, from, to);
  leave(crowd);

  const anew = await again();
  const found = await each(
    crowd.rooms,
    async (people, index) => {
      const { doc, close } = await joinWhole(anew.port, late[index]);
      await pause(settleMs);
      close();
      return lossOf(people, doc);
    },
    count,
  );
  const sum = (what) => found.reduce((total, one) => total + one[what], 0);
  const ackMs = acknowledgementMs(crowd.people, from, to);
  return {
    editsPerSecond: seen.editsDue / ((to - from) / 1000),
    coreShare: cpuUs / ((to - from) * 1000),
    ackP50: median(ackMs),
    ackP99: quantile(ackMs, 0.99),
    editP50: median(seen.editMs),
    editP99: quantile(seen.editMs, 0.99),
    acknowledged: sum('acknowledged'),
    acknowledgedLost: sum('acknowledgedLost'),
    relayed: sum('relayed'),
    relayedLost: sum('relayedLost'),
  };
}

/** Compares what people in a room received with what is stored; an edit's number is its clock. */
function lossOf(people, doc) {
  const sum = { acknowledged: 0, acknowledgedLost: 0, relayed: 0, relayedLost: 0 };
  const { witness } = people.at(-1);
  for (const person of people.slice(0, -1)) {
    const kept = Y.decodeStateVector(Y.encodeStateVector(doc)).get(person.client) ?? 0;
    const came = witness.editCame.get(person);
    sum.acknowledged += person.acknowledged;
    sum.acknowledgedLost += Math.max(0, person.acknowledged - kept);
    for (let i = 0; i < person.editsOut; i++) {
      if (came[i] === 0) continue;
      sum.relayed++;
      if (i >= kept) sum.relayedLost++;
    }
  }
  return sum;
}
