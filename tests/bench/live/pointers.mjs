// How people send their pointers: as stock clients do, and as our own page does.
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { eachPresence, kind, presenceFrame } from './wire.mjs';

/** Awareness of stock clients: a JSON of some 120 bytes per move, numbered by the clock. */
export const awareness = {
  frame: (client, number) => {
    const cursor = `{"lane":"lane3","phase":"phase5","step":"phase5step1","x":${share()},"y":${share()}}`;
    return presenceFrame(client, number, `{"view":"map","at":null,"cursor":${cursor}}`);
  },
  read: ({ says, body }, hear) => {
    if (says === 'presence') eachPresence(body, hear);
  },
};

/** A share of a cell with as many digits as a page sends. */
const share = () => (0.1 + Math.random() * 0.89).toFixed(4);

/** Moves within one cell before the pointer goes to the next. */
const movesInCell = 20;
/** Shares are sent as parts of this many (shared/wire/pointer.ts); they also encode the number of the move. */
const parts = 10_000;

/** Pointer frames of our page (shared/wire/pointer.ts): the place if it is new, and two numbers. */
export const compact = {
  /** A person must be present before their pointer is. */
  hello: (client) => presenceFrame(client, 1, '{"view":"map","at":null,"cell":null,"typing":null}'),
  frame: (_client, number) =>
    encoding.encode((encoder) => {
      const cell = Math.floor(number / movesInCell);
      const isKnown = number > 1 && number % movesInCell !== 0;
      encoding.writeVarUint(encoder, kind.pointer);
      encoding.writeVarString(encoder, isKnown ? '' : `lane${cell % 10}/phase5/phase5step${cell % 2}`);
      encoding.writeVarUint(encoder, number % parts);
      encoding.writeVarUint(encoder, parts / 2 + Math.floor(number / parts));
    }),
  read: ({ says, decoder }, hear) => {
    if (says !== 'pointers') return;
    for (let left = decoding.readVarUint(decoder); left > 0; left--) {
      const client = decoding.readVarUint(decoder);
      const isGone = decoding.readVarString(decoder) === '-';
      if (isGone) continue;
      const x = decoding.readVarUint(decoder);
      hear(client, x + (decoding.readVarUint(decoder) - parts / 2) * parts);
    }
  },
};
