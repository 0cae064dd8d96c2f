import * as encoding from 'lib0/encoding';
import type * as Y from 'yjs';
import { maxEffort, rangesAtOnce, tariff } from '../limits.ts';
import { Effort } from './cost.ts';
import { skipRuns } from './structs.ts';
import { UpdateReader } from './update-reader.ts';
import { Refused } from './refused.ts';
import { structFrom } from './positions.ts';

/** More new ranges than this cost more than an update may; the guard refuses them. */
const maxNewRanges = maxEffort / tariff.range;

/** Cost of looking up a client id, in ranges. */
const rangesPerSection = 20;

/** Ranges of one client id, as pairs of clock and length. */
interface Section {
  readonly client: number;
  readonly ranges: number[];
}

/**
 * Removes from an update the ranges that are completely deleted in the document already. A client that is asked for its
 * state always sends everything ever deleted, which after many edits is larger than all else. Deleted content stays
 * deleted, so the work can be spread over many turns in which the document changes, and a delete set with the same
 * bytes as a known one is known.
 */
export class KnownDeletes {
  readonly #store: Y.Doc['store'];
  /** The last delete set that was completely known. */
  #last: Uint8Array = new Uint8Array();

  constructor(store: Y.Doc['store']) {
    this.#store = store;
  }

  /** Yields about every 0.5 ms. Returns the remaining update, or the same one if it cannot be read. */
  *filter(update: Uint8Array): Generator<undefined, Uint8Array> {
    try {
      return yield* this.#filter(update);
    } catch (error) {
      // The guard finds the same error and reports it.
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
    /** The document's client ids that had a section. */
    const seen = new Set<number>();
    let newRanges = 0;
    /** Work left before the next yield: ranges, and structs after the first of each. */
    let left = rangesAtOnce;
    for (let clients = reader.count(2, 0); clients > 0; clients--) {
      const client = reader.number();
      const structs = this.#store.clients.get(client);
      // A repeated section or a range out of order would scan the same structs again. The guard refuses both.
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
          // The structs may have been merged or split meanwhile.
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
