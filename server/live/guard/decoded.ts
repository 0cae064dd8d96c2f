import * as Y from 'yjs';
import { maxClock, maxWriters } from '../tuning.ts';
import { Refused } from './refused.ts';

type Parts = ReturnType<typeof Y.decodeUpdate>;
export type Struct = Parts['structs'][number];

/** The structs of one client id, in the order of their clocks. */
export interface Run {
  readonly structs: Struct[];
  next: number;
  /** Being placed: who needs a later struct of it meanwhile waits for itself. */
  isBusy: boolean;
}

/** An update taken apart, by client id. */
export interface Decoded {
  readonly runs: Map<number, Run>;
  readonly deletes: Parts['ds'];
}

/**
 * Takes an update apart, and refuses what no Yjs writes: it would be applied otherwise than it reads.
 * @throws Refused with `malformed` or `too-many`
 */
export function decode(update: Uint8Array): Decoded {
  const { structs, ds } = decodeOrRefuse(update);
  const runs = new Map<number, Run>();
  for (const struct of structs) {
    const { client, clock } = struct.id;
    // A struct of no length breaks the search by clock in everyone's store.
    if (struct.length < 1 || clock + struct.length > maxClock) throw new Refused('malformed');
    const run = runs.get(client);
    if (run) run.structs.push(struct);
    else runs.set(client, { structs: [struct], next: 0, isBusy: false });
  }
  // Yjs applies only the last of two sections of one client id, where this reader sees both: whoever
  // writes two means to show us something else than what they do. `writtenSections` cannot throw here.
  if (runs.size !== writtenSections(update)) throw new Refused('malformed');
  if (runs.size > maxWriters) throw new Refused('too-many');
  return { runs, deletes: ds };
}

function decodeOrRefuse(update: Uint8Array): Parts {
  try {
    return Y.decodeUpdate(update);
  } catch {
    // The end came too early, a number is too big, a string is no UTF-8, a JSON no JSON, a nest too deep.
    throw new Refused('malformed');
  }
}

/** An update begins with the number of its sections, as a little-endian number of seven bits a byte. */
function writtenSections(update: Uint8Array): number {
  let sections = 0;
  for (const [i, byte] of update.entries()) {
    sections += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) break;
  }
  return sections;
}
