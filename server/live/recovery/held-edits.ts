import * as Y from 'yjs';
import type { Log } from '../../log.ts';
import type { HeldRecord, Store } from '../../store/contract.ts';
import { maxHeldBytesPerBoard, maxHeldBytesPerPerson, maxUnprovenBytes } from '../tuning.ts';

/**
 * Copies of edits that clients have and the document lacks: one a person, bounded, on disk. They wait for the people
 * whose edits they rest on, or for a facilitator.
 */
export class HeldEdits {
  readonly #room: string;
  readonly #store: Store;
  readonly #log: Log;
  #records = new Map<string, HeldRecord>();
  /** Writing to the store, one after another. */
  #writing: Promise<void> = Promise.resolve();

  constructor(room: string, { store, log }: { store: Store; log: Log }) {
    this.#room = room;
    this.#store = store;
    this.#log = log;
  }

  /** Takes in what the store has. What has come in meanwhile is newer. */
  load(records: readonly HeldRecord[]): void {
    this.#records = new Map([...records.map((record) => [record.person, record] as const), ...this.#records]);
  }

  get all(): readonly HeldRecord[] {
    return [...this.#records.values()];
  }

  get size(): number {
    return this.#records.size;
  }

  get bytes(): number {
    return sizeOf(this.all);
  }

  /**
   * Keeps a person's edits, with those kept of them before. Copies of people who proved nothing make room for one of
   * somebody who did. Returns false where there is no room: nothing changes then.
   */
  keep(record: HeldRecord): boolean {
    const next = this.#joined(record);
    if (next.update.length > maxHeldBytesPerPerson) return false;
    const others = this.all.filter(({ person }) => person !== record.person);
    const weak = others.filter(({ isProven }) => !isProven);
    if (!next.isProven && sizeOf(weak) + next.update.length > maxUnprovenBytes) return false;
    const leaving: string[] = [];
    let free = maxHeldBytesPerBoard - sizeOf(others) - next.update.length;
    for (const { person, update } of next.isProven ? weak : []) {
      if (free >= 0) break;
      free += update.length;
      leaving.push(person);
    }
    if (free < 0) return false;
    this.drop(leaving);
    this.#records.set(next.person, next);
    this.#write(() => this.#store.keepHeld(this.#room, next));
    return true;
  }

  /** Lets go of the copies of these people. */
  drop(people: readonly string[]): void {
    const there = people.filter((person) => this.#records.delete(person));
    if (there.length > 0) this.#write(() => this.#store.dropHeld(this.#room, there));
  }

  /** Lets go of the copies of which the document has everything by now, what they delete gone there too. */
  sweep(state: (client: number) => number, has: (update: Uint8Array) => boolean): void {
    const isKnown = ({ update }: HeldRecord) => hasStructs(update, state) && has(update);
    this.drop(this.all.filter(isKnown).map(({ person }) => person));
  }

  /** Resolves when all of it is on disk, or could not be written. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** A client offers all that the document lacks each time, so mostly the newest copy holds the older one. */
  #joined(record: HeldRecord): HeldRecord {
    const before = this.#records.get(record.person);
    if (!before) return record;
    const isProven = before.isProven || record.isProven;
    if (covers(record.update, before.update)) return { ...record, isProven };
    return { ...record, isProven, update: Y.mergeUpdates([before.update, record.update]) };
  }

  #write(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(write).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      this.#log.warn({ room: this.#room, error: text }, 'held edits are in memory only');
    });
  }
}

function sizeOf(records: readonly HeldRecord[]): number {
  return records.reduce((sum, { update }) => sum + update.length, 0);
}

/** The cheaper half of the question. */
function hasStructs(update: Uint8Array, state: (client: number) => number): boolean {
  return [...Y.parseUpdateMeta(update).to].every(([client, clock]) => clock <= state(client));
}

/** Whether one update reaches at least as far as another for each client id, from no later a clock. */
function covers(update: Uint8Array, other: Uint8Array): boolean {
  const mine = Y.parseUpdateMeta(update);
  const theirs = Y.parseUpdateMeta(other);
  return [...theirs.to].every(
    ([client, clock]) =>
      clock <= (mine.to.get(client) ?? 0) &&
      (mine.from.get(client) ?? Infinity) <= (theirs.from.get(client) ?? 0),
  );
}
