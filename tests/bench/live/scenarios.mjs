// The scenarios: who does what, on which systems, and the targets. `npm run bench:live -- <name>` takes their names.
import { lower } from '../comparison.mjs';
import { coldOpen } from './cold.mjs';
import { killed } from './crash.mjs';
import { idleSockets } from './idle.mjs';
import { roomLoad } from './room-load.mjs';
import { joinStorm } from './storm.mjs';
import { stuckReader } from './stuck.mjs';
import { count, kilobytes, megabytes, ms, percent, us, yesNo } from './units.mjs';

/** A person in a busy room: one card move and ten pointer moves per second. */
const busy = { role: 'participant', edits: 1, moves: 10 };
/** With hundreds of rooms no server may be saturated, so that all do the same work. */
const calm = { role: 'participant', edits: 0.2, moves: 1 };
/**
 * With little work per second, compilers need half a minute to optimize, and one garbage collection would be a large
 * part of five seconds.
 */
const patient = { warmUpSeconds: 30, seconds: 15 };
const times = (many, one) => Array.from({ length: many }, () => one);

const few = ['resa', 'resa-stock', 'y-websocket', 'hocuspocus', 'relay'];
const all = [
  'resa',
  'resa-stock',
  'y-websocket',
  'y-websocket+leveldb',
  'hocuspocus',
  'hocuspocus+sqlite',
  'relay 5 ms',
  'relay 16 ms',
];
/** Measured in the first round only: shown for information, not for comparison. */
const once = ['resa-stock', 'y-websocket+leveldb', 'hocuspocus+sqlite', 'relay 5 ms'];
const keeping = ['resa', 'y-websocket+leveldb', 'hocuspocus+sqlite'];

/** A target: one of our figures, and its maximum, as a share of the best other's or as an absolute value. */
const ofPeer = (name, figure, write, share) => ({ name, figure, write, share });
const atMost = (name, figure, write, most) => ({ name, figure, write, most });

const cpuADelivery = (share) => ofPeer('CPU a delivery', 'usPerDelivery', us, share);
const arrived = (one) => 1 - one.deliveredPerSecond / one.offeredPerSecond;

const room = (people, systems, targets, further = []) => ({
  name: `room-${people}`,
  group: people < 500 ? 'people' : null,
  says: `one room, ${people} people, each 1 card move/s and 10 cursor moves/s`,
  ...(people <= 50 && patient),
  systems,
  once: [...once, ...further],
  boards: [1000],
  targets,
  measure: (system, options) =>
    roomLoad(system, { rooms: 1, of: 1000, kinds: times(people, busy), witnesses: 4 }, options),
});

const growing = (name, says, load) => ({
  name,
  says,
  group: name.split('-')[0],
  isGrowth: true,
  systems: ['resa'],
  boards: [load.of],
  rounds: 1,
  ...(load.kinds.length * load.kinds[0].moves < 250 && patient),
  measure: (system, options) => roomLoad(system, load, options),
});

const crash = (name, rooms, perSecond, extra) => ({
  name,
  says: `kill -9 while ${rooms} rooms of 5 people write ${rooms * 5 * perSecond} edits/s`,
  systems: keeping,
  boards: ['small'],
  rounds: 1,
  columns: [
    ['edits/s', 'editsPerSecond', count],
    ['of a core', 'coreShare', percent, lower],
    ['acknowledged', 'acknowledged', count],
    ['acknowledged, lost', 'acknowledgedLost', count, lower],
    ['relayed', 'relayed', count],
    ['relayed, lost', 'relayedLost', count, lower],
    ['acknowledged p50', 'ackP50', ms, lower],
    ['acknowledged p99', 'ackP99', ms, lower],
    ['edit p50', 'editP50', ms, lower],
    ['edit p99', 'editP99', ms, lower],
  ],
  targets: [
    atMost('acknowledged and lost', 'acknowledgedLost', count, 0),
    atMost('relayed and lost', 'relayedLost', count, 0),
    ...extra,
  ],
  measure: (system, options) => killed(system, { rooms, writers: 5, perSecond, of: 'small' }, options),
});

export const scenarios = [
  room(10, few, [cpuADelivery(0.7), ofPeer('edit p50', 'editP50', ms, 1)], ['hocuspocus']),
  room(50, few, [cpuADelivery(0.7), ofPeer('edit p50', 'editP50', ms, 1)], ['hocuspocus']),
  room(100, all, [
    cpuADelivery(0.25),
    ofPeer('edit p99', 'editP99', ms, 1),
    atMost('cursor p99', 'moveP99', ms, 45),
  ]),
  room(200, all, [
    atMost('of a core', 'coreShare', percent, 1 / 3),
    ofPeer('edit p99', 'editP99', ms, 1 / 3),
  ]),
  room(
    500,
    ['resa', 'resa-stock', 'y-websocket', 'hocuspocus', 'relay 16 ms'],
    [atMost('of a core', 'coreShare', percent, 1), atMost('not delivered in time', arrived, percent, 0.02)],
    ['y-websocket', 'hocuspocus'],
  ),
  {
    name: 'rooms-500',
    says: '500 rooms of 4 people, each 0.2 card moves/s and 1 cursor move/s',
    ...patient,
    systems: ['resa', 'y-websocket', 'hocuspocus', 'relay'],
    once: ['hocuspocus', 'relay'],
    boards: ['small'],
    targets: [
      cpuADelivery(0.6),
      ofPeer('memory a room', 'memoryPerRoom', kilobytes, 0.6),
      ofPeer('edit p99', 'editP99', ms, 1),
    ],
    measure: (system, options) =>
      roomLoad(system, { rooms: 500, of: 'small', kinds: times(4, calm), witnesses: 20 }, options),
  },
  {
    name: 'joins',
    says: '200 people join a board of 5,000 cards within 1 s, while one edits 20 times a second',
    systems: ['resa', 'y-websocket', 'hocuspocus', 'relay'],
    once: ['hocuspocus', 'relay'],
    boards: [5000],
    key: ['cpuMs', ms],
    columns: [
      ['all synced', 'allSyncedMs', ms, lower],
      ['synced p50', 'syncedP50', ms, lower],
      ['CPU', 'cpuMs', ms, lower],
      ["the editor's worst edit", 'worstEditMs', ms, lower],
      ['edit p50', 'editP50', ms, lower],
      ['memory at most, more', 'peakBytes', megabytes, lower],
      ['state', 'stateBytes', megabytes],
    ],
    targets: [
      ofPeer('CPU', 'cpuMs', ms, 0.1),
      atMost('all synced', 'allSyncedMs', ms, 1200),
      atMost('worst edit', 'worstEditMs', ms, 40),
    ],
    measure: (system) => joinStorm(system, { of: 5000, people: 200 }),
  },
  {
    name: 'observers-500',
    says: '1 person moves a card each second and the pointer ten times, 500 observe',
    ...patient,
    systems: few,
    once: [...once, 'hocuspocus'],
    boards: ['small'],
    targets: [cpuADelivery(0.8)],
    measure: (system, options) => {
      const kinds = [busy, ...times(500, { role: 'observer', edits: 0, moves: 0 })];
      return roomLoad(system, { rooms: 1, of: 'small', kinds, witnesses: 4 }, options);
    },
  },
  {
    name: 'idle',
    says: '2,000 sockets in 200 rooms, nobody does anything: resident memory',
    systems: ['resa', 'y-websocket', 'hocuspocus', 'relay'],
    boards: ['ideas'],
    rounds: 1,
    key: ['perSocket', kilobytes],
    columns: [
      ['a socket, rooms included', 'perSocket', kilobytes, lower],
      ['a further socket of a room', 'perFurtherSocket', kilobytes, lower],
      ['a room with one socket', 'perRoom', kilobytes, lower],
      ['in all', 'memoryBytes', megabytes],
    ],
    targets: [atMost('memory a socket', 'perSocket', kilobytes, 16 * 1024)],
    measure: (system, options) => idleSockets(system, { rooms: 200, people: 10, of: 'ideas' }, options),
  },
  {
    name: 'stuck',
    says: 'one reader stops reading while 79 MB are written',
    systems: ['resa', 'y-websocket', 'hocuspocus', 'relay'],
    boards: [1000],
    rounds: 1,
    key: ['grownBytes', megabytes],
    columns: [
      ['grown by', 'grownBytes', megabytes, lower],
      ['at most, garbage included', 'grownAtMostBytes', megabytes, lower],
      ['withheld', 'withheldBytes', megabytes],
      ['cut off', 'isCutOff', yesNo],
      ["others' edit p99 before", 'editP99Before', ms],
      ["others' edit p99", 'editP99', ms, lower],
    ],
    targets: [
      atMost('grown by', 'grownBytes', megabytes, 8 * 2 ** 20),
      { name: 'edit p99', figure: 'editP99', write: ms, share: 1.25, ofOwn: 'editP99Before' },
    ],
    measure: (system) => stuckReader(system, { of: 1000, withheldBytes: 79 * 2 ** 20 }),
  },
  crash('kill-200', 20, 2, []),
  crash('kill-3000', 60, 10, [atMost('acknowledged p99', 'ackP99', ms, 15)]),
  {
    name: 'cold',
    says: 'a board of 5,000 cards opened after a start, after 100,000 small edits',
    systems: keeping,
    boards: [5000],
    rounds: 1,
    key: ['openMs', ms],
    columns: [
      ['state on the wire after', 'openMs', ms, lower],
      ['state', 'stateBytes', megabytes],
      ['on disk', 'diskBytes', megabytes, lower],
      ['disk to state', 'diskToState', count],
      ['writing it took', 'writtenMs', ms, lower],
    ],
    targets: [
      ofPeer('open', 'openMs', ms, 1 / 8),
      ofPeer('on disk', 'diskBytes', megabytes, 1),
      atMost('disk to state', 'diskToState', count, 1.5),
    ],
    measure: (system, options) =>
      coldOpen(system, { of: 5000, edits: 100_000, writers: 20, opens: 3 }, options),
  },
  ...[25, 400].map((people) =>
    growing(`people-${people}`, `one room of ${people}, each 1 card move/s and 10 cursor moves/s`, {
      rooms: 1,
      of: 1000,
      kinds: times(people, busy),
      witnesses: 4,
    }),
  ),
  ...[1, 10, 100, 1000].map((rooms) =>
    growing(`boards-${rooms}`, `${rooms} boards of 4, each 0.2 card moves/s and 1 cursor move/s`, {
      rooms,
      of: 'small',
      kinds: times(4, calm),
      witnesses: Math.min(20, rooms),
    }),
  ),
];
