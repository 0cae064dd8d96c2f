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
 * Copies of edits that clients have and the document lacks: one per person, limited in size, on disk. They are held
 * until the edits they depend on come back, or a facilitator decides.
 */
export class HeldEdits {
  readonly #room: string;
  readonly #store: Store;
  readonly #log: Log;
  #records = new Map<string, HeldRecord>();
  /** People whose copy is to be written or removed in the current round. The newest copy counts. */
  #round = new Set<string>();
  /** People for the next round: their copy changed after it was written. */
  #due = new Set<string>();
  /** People whose copy could not be written. It is retried when they offer it again. */
  readonly #unwritten = new Set<string>();
  /** The pending writes, in rounds. */
  #writing: Promise<void> = Promise.resolve();

  constructor(room: string, { store, log }: { store: Store; log: Log }) {
    this.#room = room;
    this.#store = store;
    this.#log = log;
  }

  /** Adds the stored copies. A copy that has arrived meanwhile is newer. */
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
   * Holds a person's edits, joined with the earlier copy. An unproven copy may be dropped for a proven one. Returns
   * false, and changes nothing, if there is no room.
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
    // A joined copy may cost more to read than any offer, and is read again at each later offer.
    if (next.update !== record.update && !isUpdate(next.update, maxHeldEffort)) return false;
    const leaving = this.#makingRoom(next);
    if (!leaving) return false;
    this.drop(leaving);
    // Copy the bytes, so that the frame they came in is freed.
    this.#records.set(next.person, { ...next, update: next.update.slice() });
    this.#write([next.person]);
    return true;
  }

  /** Drops the copies of these people. */
  drop(people: readonly string[]): void {
    this.#write(people.filter((person) => this.#records.delete(person)));
  }

  /** Drops the copies that the document has completely by now, including their deletions. */
  sweep(state: (client: number) => number, has: (update: Uint8Array) => boolean): void {
    const isKnown = ({ update }: HeldRecord) => hasStructs(update, state) && has(update);
    this.drop(this.all.filter(isKnown).map(({ person }) => person));
  }

  /** Resolves when everything held now is on disk, or could not be written. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** The people whose copies must be dropped for this one; null if it has no room anyway. */
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

  /** Writes the copies of these people, or removes them if there are none. */
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
 * A person's copy joined with a new offer; the same object if the offer adds nothing. A client always offers everything
 * that the document lacks, so the newest offer mostly includes the older one.
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

/** The cheaper half of the check. */
function hasStructs(update: Uint8Array, state: (client: number) => number): boolean {
  return [...Y.parseUpdateMeta(update).to].every(([client, clock]) => clock <= state(client));
}

/** True if one update reaches at least as far as another for each client id, and starts no later. */
function covers(update: Uint8Array, other: Uint8Array): boolean {
  const mine = Y.parseUpdateMeta(update);
  const theirs = Y.parseUpdateMeta(other);
  return [...theirs.to].every(
    ([client, clock]) =>
      clock <= (mine.to.get(client) ?? 0) &&
      (mine.from.get(client) ?? Infinity) <= (theirs.from.get(client) ?? 0),
  );
}
