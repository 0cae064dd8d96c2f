// What is measured, row by row: who does what, and beside whom. Names are what `npm run bench:live -- <name>` takes.
import { roomLoad } from './room-load.mjs';

/** What everyone in a busy room does: moves a card each second, and the pointer ten times. */
const busy = { role: 'participant', edits: 1, moves: 10 };
const times = (count, one) => Array.from({ length: count }, () => one);

const room = (people, systems, extra = {}) => ({
  name: `room-${people}`,
  says: `one room, ${people} people, each 1 card move/s and 10 cursor moves/s`,
  systems,
  boards: [1000],
  measure: (system, options) =>
    roomLoad(system, { rooms: 1, of: 1000, kinds: times(people, busy), witnesses: 4 }, options),
  ...extra,
});

const plain = ['resa', 'resa-stock', 'y-websocket', 'hocuspocus', 'relay'];
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

export const scenarios = [
  room(10, plain),
  room(50, plain),
  room(100, all),
  room(200, all),
  room(500, ['resa', 'resa-stock', 'y-websocket', 'hocuspocus', 'relay 16 ms']),
];
