// One measurement of people at work in rooms: the server's CPU cost, and the latency of an edit.
import { setTimeout as pause } from 'node:timers/promises';
import { median, quantile } from '../figures.mjs';
import { acknowledge, acknowledgementMs } from './acknowledgements.mjs';
import { appear, disagreeing, drained, gather, leave, testimony, work } from './crowd.mjs';
import { furnished, settledMemory } from './furnished.mjs';
import { joinWhole } from './person.mjs';
import { cpuBetween, cpuOf } from './process-stats.mjs';

/**
 * @param load `{rooms, of, kinds, witnesses}`: the number of rooms, their board, the people in each, and the number of
 * people who read everything
 * @param around `{seconds, warmUpSeconds, again}`: the measured time, the time that people have worked before it
 * (servers run for weeks, and compilers need time), and how to restart the system
 */
export async function roomLoad(
  started,
  { rooms: count, of, kinds, witnesses },
  { seconds, warmUpSeconds, again },
) {
  const { system, rooms, emptyBytes } = await furnished(started, count, of, again);
  const crowd = await gather(system, rooms, {
    kinds,
    seconds: seconds + warmUpSeconds + 1,
    witnesses,
    hear: system.acknowledges ? acknowledge : null,
  });
  const { people } = crowd;
  appear(crowd);
  await pause(300);

  const working = work(crowd, warmUpSeconds + seconds);
  await pause(warmUpSeconds * 1000);
  const window = await measure(system, crowd, seconds);
  await working;
  const drainMs = await drained(crowd, 5_000);
  const seen = testimony(crowd, window.from, window.to);

  // The witnesses are a sample: people who do not read are receivers all the same.
  const receivers = people.filter((one) => hearsSomebody(one, crowd)).length / crowd.witnesses.length;
  const delivered = seen.cameInWindow * receivers;
  const offered = (seen.editsDue + seen.movesDue) * receivers;
  const lost = await whatIsLost(system, rooms, crowd);
  const memoryBytes = await settledMemory(system);
  leave(crowd);
  return {
    offeredPerSecond: offered / window.seconds,
    deliveredPerSecond: delivered / window.seconds,
    usPerDelivery: window.cpuUs / delivered,
    coreShare: window.cpuUs / (window.seconds * 1e6),
    editP50: median(seen.editMs),
    editP99: quantile(seen.editMs, 0.99),
    moveP50: median(seen.moveMs),
    moveP99: quantile(seen.moveMs, 0.99),
    ackP99: quantile(acknowledgementMs(people, window.from, window.to), 0.99),
    editsArrived: seen.editsCame / seen.editsDue,
    movesArrived: seen.movesDue === 0 ? 1 : seen.movesCame / seen.movesDue,
    framesPerPerson: window.frames / people.length / window.seconds,
    bytesPerPerson: window.bytes / people.length / window.seconds,
    generatorShare: window.generatorShare,
    memoryBytes,
    memoryPerRoom: (memoryBytes - emptyBytes) / count,
    drainMs,
    lost,
    closed: people.filter(({ wasClosed }) => wasClosed).length,
  };
}

function hearsSomebody(person, { rooms }) {
  return rooms[person.room].some((other) => other !== person && other.edits + other.moves > 0);
}

async function measure(system, { people }, seconds) {
  const count = (what) => people.reduce((sum, { socket }) => sum + socket[what], 0);
  await system.profile();
  const before = {
    frames: count('frames'),
    bytes: count('bytes'),
    own: process.cpuUsage(),
    cpu: cpuOf(system.pid),
  };
  const from = performance.now();
  await pause(seconds * 1000);
  const to = performance.now();
  const after = cpuOf(system.pid);
  const own = process.cpuUsage(before.own);
  await system.profile();
  return {
    from,
    to,
    seconds: (to - from) / 1000,
    cpuUs: cpuBetween(before.cpu, after),
    frames: count('frames') - before.frames,
    bytes: count('bytes') - before.bytes,
    generatorShare: (own.user + own.system) / ((to - from) * 1000),
  };
}

/** Joins some rooms as a new person, and counts last edits that are missing. Null for systems that keep nothing. */
async function whatIsLost(system, rooms, crowd) {
  if (system.isFloor) return null;
  let lost = 0;
  const looked = rooms.length <= 4 ? rooms.keys() : [0, 1, rooms.length >> 1, rooms.length - 1];
  for (const index of looked) {
    const [membership] = await rooms[index].memberships(1, 'observer');
    const late = await joinWhole(system.port, membership);
    lost += disagreeing(crowd.rooms[index], late.doc).length;
    late.close();
  }
  return lost;
}
