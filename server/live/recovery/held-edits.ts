import * as Y from 'yjs';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { HeldRecord, Store } from '../../store/contract.ts';
import { isUpdate } from '../guard/structs.ts';
import {
  maxHeldBytesPerBoard,
  maxHeldBytesPerPerson,
  maxHeldCopies,
  maxHeldEffort,
  maxUnprovenBytes,
  maxUnprovenCopies,
} from '../limits.ts';

/**
 * Copies of edits that clients have and the document lacks: one a person, bounded, on disk. They wait for the people
 * whose edits they rest on, or for a facilitator.
 */
export class HeldEdits {
  readonly #room: string;
  readonly #store: Store;
  readonly #log: Log;
  #records = new Map<string, HeldRecord>();
  /** Whose copy is still to be written, or removed, in this round of writing: what is newest then counts. */
  #round = new Set<string>();
  /** And in the next: theirs has changed since it was written. */
  #due = new Set<string>();
  /** Whose copy could not be written: it is tried again when they offer it again. */
  readonly #unwritten = new Set<string>();
  /** Writing to the store, one round after another. */
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
    if (record.update.length > maxHeldBytesPerPerson) return false;
    const before = this.#records.get(record.person);
    const next = before ? joined(before, record) : record;
    if (next === before) {
      if (this.#unwritten.has(record.person)) this.#write([record.person]);
      return true;
    }
    if (next.update.length > maxHeldBytesPerPerson) return false;
    // What is joined may be dearer than anything that was offered, and is read at each offer to come.
    if (next.update !== record.update && !isUpdate(next.update, maxHeldEffort)) return false;
    const leaving = this.#makingRoom(next);
    if (!leaving) return false;
    this.drop(leaving);
    // Nothing of the frame that it came in stays in memory beside it.
    this.#records.set(next.person, { ...next, update: next.update.slice() });
    this.#write([next.person]);
    return true;
  }

  /** Lets go of the copies of these people. */
  drop(people: readonly string[]): void {
    this.#write(people.filter((person) => this.#records.delete(person)));
  }

  /** Lets go of the copies of which the document has everything by now, what they delete gone there too. */
  sweep(state: (client: number) => number, has: (update: Uint8Array) => boolean): void {
    const isKnown = ({ update }: HeldRecord) => hasStructs(update, state) && has(update);
    this.drop(this.all.filter(isKnown).map(({ person }) => person));
  }

  /** Resolves when all that is held now is on disk, or could not be written. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** Whose copies have to go for this one; null where it has no room in any case. */
  #makingRoom({ person, isProven, update }: HeldRecord): readonly string[] | null {
    const others = this.all.filter((one) => one.person !== person);
    const weak = others.filter((one) => !one.isProven);
    const isCrowded = weak.length >= maxUnprovenCopies || sizeOf(weak) + update.length > maxUnprovenBytes;
    if (!isProven && isCrowded) return null;
    const leaving: string[] = [];
    let places = maxHeldCopies - others.length - 1;
    let free = maxHeldBytesPerBoard - sizeOf(others) - update.length;
    for (const one of isProven ? weak : []) {
      if (free >= 0 && places >= 0) break;
      free += one.update.length;
      places++;
      leaving.push(one.person);
    }
    return free >= 0 && places >= 0 ? leaving : null;
  }

  /** Has the copies of these people written, or removed where there are none. */
  #write(people: readonly string[]): void {
    const due = people.filter((person) => !this.#round.has(person));
    if (due.length === 0) return;
    if (this.#due.size === 0) this.#writing = this.#writing.then(() => this.#writeDue());
    for (const person of due) this.#due.add(person);
  }

  async #writeDue(): Promise<void> {
    this.#round = this.#due;
    this.#due = new Set();
    const gone = [...this.#round].filter((person) => !this.#records.has(person));
    for (const person of gone) this.#round.delete(person);
    if (gone.length > 0) await this.#try(gone, () => this.#store.dropHeld(this.#room, gone));
    for (const person of this.#round) {
      this.#round.delete(person);
      const record = this.#records.get(person);
      await this.#try([person], () =>
        record ? this.#store.keepHeld(this.#room, record) : this.#store.dropHeld(this.#room, [person]),
      );
    }
  }

  async #try(people: readonly string[], write: () => Promise<void>): Promise<void> {
    for (const person of people) this.#unwritten.delete(person);
    try {
      await write();
    } catch (error) {
      for (const person of people) if (this.#records.has(person)) this.#unwritten.add(person);
      this.#log.warn({ room: this.#room, error: messageOf(error) }, 'held edits are in memory only');
    }
  }
}

/**
 * A person's copy with what they offer now; the copy itself where that brings nothing. A client offers all that the
 * document lacks each time, so mostly the newest copy holds the older one.
 */
function joined(before: HeldRecord, record: HeldRecord): HeldRecord {
  const isProven = before.isProven || record.isProven;
  const isNothingNew = (update: Uint8Array) =>
    isProven === before.isProven && Buffer.compare(update, before.update) === 0;
  if (isNothingNew(record.update)) return before;
  if (covers(record.update, before.update)) return { ...record, isProven };
  const update = Y.mergeUpdates([before.update, record.update]);
  return isNothingNew(update) ? before : { ...record, isProven, update };
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
