import * as encoding from 'lib0/encoding';
import type * as Y from 'yjs';
import { maxEffort, rangesAtOnce, tariff } from '../tuning.ts';
import { Effort } from './effort.ts';
import { skipRuns } from './parts.ts';
import { Reader } from './reader.ts';
import { Refused } from './refused.ts';
import { structFrom } from './stand.ts';

/** More ranges than this that are new cost more than an update may: the guard says so. */
const maxNewRanges = maxEffort / tariff.range;

/** What it costs to look a client id up, in ranges. */
const rangesPerSection = 20;

/** Ranges of one client id, as clock and length. */
interface Section {
  readonly client: number;
  readonly ranges: number[];
}

/**
 * Takes out of an update the deleted ranges of which nothing is left in the document. Clients send all that was ever
 * deleted whenever they are asked for what they have, and after many edits that is more than all else. What is
 * deleted stays so, which allows for two things: the work may be spread over many turns, in which the document
 * changes; and a delete set that is the same, byte for byte, as one that was known is known.
 */
export class KnownDeletes {
  readonly #store: Y.Doc['store'];
  /** The last delete set of which everything was known. */
  #last: Uint8Array = new Uint8Array();

  constructor(store: Y.Doc['store']) {
    this.#store = store;
  }

  /** Yields after some 0.5 ms each time; returns the update that is left, or the same where it cannot be read. */
  *filter(update: Uint8Array): Generator<undefined, Uint8Array> {
    try {
      return yield* this.#filter(update);
    } catch (error) {
      // The guard finds the same fault, and says which.
      if (error instanceof Refused) return update;
      throw error;
    }
  }

  *#filter(update: Uint8Array): Generator<undefined, Uint8Array> {
    const reader = new Reader(update, new Effort());
    skipRuns(reader);
    const from = reader.at;
    const deletes = update.subarray(from);
    if (Buffer.compare(deletes, this.#last) === 0) return withDeletes(update.subarray(0, from), []);
    const sections: Section[] = [];
    let count = 0;
    let newRanges = 0;
    for (let clients = reader.count(2, 0); clients > 0; clients--) {
      const client = reader.number();
      const section: Section = { client, ranges: [] };
      let index = 0;
      count += rangesPerSection;
      for (let left = reader.count(2, 0); left > 0; left--) {
        const clock = reader.number();
        const length = reader.number();
        index = this.#isKnown(client, index, clock, clock + length);
        if (index < 0) {
          section.ranges.push(clock, length);
          index = 0;
          if (++newRanges > maxNewRanges) return update;
        }
        if (++count < rangesAtOnce) continue;
        yield;
        count = 0;
        // The structs may have been merged or cut meanwhile.
        index = 0;
      }
      if (section.ranges.length > 0) sections.push(section);
    }
    if (!reader.isAtEnd) return update;
    if (sections.length === 0) this.#last = deletes.slice();
    return withDeletes(update.subarray(0, from), sections);
  }

  /**
   * Whether all from one clock to another is deleted: the index of the struct that the last clock is in, from which
   * the search for the next range goes on, or -1 where it is not.
   */
  #isKnown(client: number, start: number, from: number, to: number): number {
    const structs = this.#store.clients.get(client) ?? [];
    for (let i = structFrom(structs, start, from); ; i++) {
      const struct = structs[i];
      if (!struct?.deleted) return -1;
      if (struct.id.clock + struct.length >= to) return i;
    }
  }
}

function withDeletes(structs: Uint8Array, sections: readonly Section[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeUint8Array(encoder, structs);
    encoding.writeVarUint(encoder, sections.length);
    for (const { client, ranges } of sections) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, ranges.length / 2);
      for (const number of ranges) encoding.writeVarUint(encoder, number);
    }
  });
}
