import * as Y from 'yjs';
import { maxWriters } from '../tuning.ts';
import { isClient, isClock, isStretch } from '../yjs-id.ts';
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
    needNumbers(struct);
    const { client } = struct.id;
    const run = runs.get(client);
    if (run) run.structs.push(struct);
    else runs.set(client, { structs: [struct], next: 0, isBusy: false });
  }
  // Yjs applies only the last of two sections of one client id, where this reader sees both: whoever
  // writes two means to show us something else than what they do. `writtenSections` cannot throw here.
  if (runs.size !== writtenSections(update)) throw new Refused('malformed');
  if (runs.size > maxWriters) throw new Refused('too-many');
  for (const [client, ranges] of ds.clients) {
    const isCounted = ranges.every(({ clock, len }) => isStretch(clock, len));
    if (!isClient(client) || !isCounted) throw new Refused('malformed');
  }
  return { runs, deletes: ds };
}

/** A struct of no length breaks the search by clock in everyone's store; ids past all ids, everyone's reader. */
function needNumbers(struct: Struct): void {
  const { id, length } = struct;
  let isSound = isClient(id.client) && isStretch(id.clock, length);
  if (struct instanceof Y.Item) {
    const parent = struct.parent instanceof Y.ID ? struct.parent : null;
    isSound &&= [struct.origin, struct.rightOrigin, parent].every((named) => named === null || isId(named));
  }
  if (!isSound) throw new Refused('malformed');
}

const isId = ({ client, clock }: Y.ID) => isClient(client) && isClock(clock);

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
