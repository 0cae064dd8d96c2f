// How pointers are said. What stock clients do; our own page's frames have their place beside it.
import { eachPresence, presenceFrame } from './wire.mjs';

/** The awareness of stock clients: a JSON of some 120 bytes for each move. */
export const awareness = {
  name: 'awareness',
  frame: (client, clock) =>
    presenceFrame(
      client,
      clock,
      `{"view":"map","at":null,"cursor":{"lane":"lane3","phase":"phase5","step":"phase5step1","x":${share()},"y":${share()}}}`,
    ),
  read: ({ says, body }, hear) => {
    if (says === 'presence') eachPresence(body, hear);
  },
};

/** A share of a cell with as many digits as a page sends. */
const share = () => (0.1 + Math.random() * 0.89).toFixed(4);
