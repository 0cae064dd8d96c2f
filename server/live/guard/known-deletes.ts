import * as encoding from 'lib0/encoding';
import type * as Y from 'yjs';
import { maxEffort, rangesAtOnce, tariff } from '../limits.ts';
import { Effort } from './cost.ts';
import { skipRuns } from './structs.ts';
import { UpdateReader } from './update-reader.ts';
import { Refused } from './refused.ts';
import { structFrom } from './positions.ts';

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
    const reader = new UpdateReader(update, new Effort());
    skipRuns(reader);
    const from = reader.at;
    const deletes = update.subarray(from);
    if (Buffer.compare(deletes, this.#last) === 0) return withDeletes(update.subarray(0, from), []);
    const sections: Section[] = [];
    /** The client ids of the document that there was a section for. */
    const seen = new Set<number>();
    let newRanges = 0;
    /** What may be looked at before the next yield: ranges, and structs beside the first of each. */
    let left = rangesAtOnce;
    for (let clients = reader.count(2, 0); clients > 0; clients--) {
      const client = reader.number();
      const structs = this.#store.clients.get(client);
      // Of a second section, or a range that goes back, the structs would be gone through again: the guard refuses both.
      if (seen.has(client)) return update;
      if (structs) seen.add(client);
      const section: Section = { client, ranges: [] };
      let index = 0;
      let done = 0;
      left -= rangesPerSection;
      for (let ranges = reader.count(2, 0); ranges > 0; ranges--) {
        const clock = reader.number();
        const length = reader.number();
        if (clock < done) return update;
        done = clock + length;
        if (left-- <= 0) {
          yield;
          left = rangesAtOnce;
          // The structs may have been merged or cut meanwhile.
          index = 0;
        }
        index = structs ? structFrom(structs, index, clock) : 0;
        let struct = structs?.[index];
        while (structs && struct?.deleted && struct.id.clock + struct.length < done) {
          const next = struct.id.clock + struct.length;
          index++;
          if (left-- <= 0) {
            yield;
            left = rangesAtOnce;
            index = structFrom(structs, 0, next);
          }
          struct = structs[index];
        }
        if (struct?.deleted) continue;
        section.ranges.push(clock, length);
        if (++newRanges > maxNewRanges) return update;
      }
      if (section.ranges.length > 0) sections.push(section);
      if (left > 0) continue;
      yield;
      left = rangesAtOnce;
    }
    if (!reader.isAtEnd) return update;
    if (sections.length === 0) this.#last = deletes.slice();
    return withDeletes(update.subarray(0, from), sections);
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
