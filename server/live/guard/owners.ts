import * as Y from 'yjs';
import { maxReserved, maxReservedInRoom, maxSuspects } from '../limits.ts';

/**
 * The id of no person. In the records it marks a client id as open: a facilitator restored lost edits under it, and its
 * owner is unknown.
 */
export const nobody = '';

/**
 * The owner of each Yjs client id: the person who first wrote under it, for good. Some ids have no owner: the server's
 * own, of this process and earlier ones, which templates were also made with. An id in the document without a record is
 * one of those.
 */
export class Owners {
  readonly #doc: Y.Doc;
  readonly #written: Map<number, string>;
  readonly #writers: Set<string>;
  /** Reserved for a person who has not written under it yet. */
  readonly #reserved = new Map<number, string>();
  readonly #reservedOf = new Map<string, Set<number>>();
  /** Owners named by a mark that this server signed before it lost edits, and which therefore take precedence. */
  readonly #proven = new Map<number, string>();
  /**
   * Ids whose sender uses other ids in presence. The edits are from an earlier page of the sender, or were written by
   * others and lost without proof. A person who uses such an id in presence owns it, until the sender writes more
   * under it.
   */
  readonly #unshown = new Set<number>();
  /** Recorded as open: a person who uses one in presence owns it after writing more under it. */
  readonly #open = new Set<number>();
  /** Their owner is unknown, yet nobody may write under them: somebody else brought lost edits under them. */
  readonly #suspects = new Set<number>();
  /** Above this number, reservations of absent people are dropped. */
  #mostReserved = maxReservedInRoom;

  constructor(doc: Y.Doc, written: ReadonlyMap<number, string>) {
    this.#doc = doc;
    this.#written = new Map(written);
    for (const [client, person] of written) if (person === nobody) this.open(client);
    this.#writers = new Set(this.#written.values());
  }

  /** The number of client ids that people have written under. */
  get size(): number {
    return this.#written.size;
  }

  /** True if a person has written anything. */
  hasWritten(person: string): boolean {
    return this.#writers.has(person);
  }

  knows(client: number): boolean {
    return this.#written.has(client);
  }

  /** True if a client id is recorded as owned by a person. */
  isRecorded(client: number, person: string): boolean {
    return this.#written.get(client) === person;
  }

  /** The owner of a client id by marks, records and reservations; null if unknown. */
  ownerOf(client: number): string | null {
    return this.#proven.get(client) ?? this.#written.get(client) ?? this.#reserved.get(client) ?? null;
  }

  /** True if a person may write under a client id. */
  allow(client: number, person: string): boolean {
    const owner = this.ownerOf(client) ?? this.#ofUnnamed(client);
    return owner === null ? !this.#suspects.has(client) : owner === person;
  }

  /** True if a record, a reservation or a mark names a person as the owner of a client id. */
  isSurely(client: number, person: string): boolean {
    return this.ownerOf(client) === person;
  }

  /** True if any client id is known to be a person's. */
  hasAny(person: string): boolean {
    return this.#reservedOf.has(person) || this.#writers.has(person);
  }

  /** Gives a client id to a person for good, overriding its owner: a mark proves it, or a facilitator has decided. */
  assign(client: number, person: string): void {
    this.#proven.set(client, person);
    const reserved = this.#reserved.get(client);
    if (reserved !== undefined) this.#release(client, reserved);
  }

  /** Leaves a client id that is now in the document to the person who uses it in presence. */
  open(client: number): void {
    this.#written.delete(client);
    this.#open.add(client);
  }

  /**
   * Notes client ids whose owner has not come back yet: somebody who writes under one without using it in
   * presence is not the owner. `isProven`: whether the copy that names them is proven. Stops at a limit.
   */
  suspect(clients: Iterable<number>, isProven: boolean): void {
    const most = isProven ? maxSuspects : maxSuspects / 2;
    for (const client of clients) {
      if (this.#suspects.size >= most) return;
      this.#suspects.add(client);
    }
  }

  /** The number of these client ids. */
  get suspected(): number {
    return this.#suspects.size;
  }

  /** True if somebody else is the recorded owner of a client id that they use in presence: its content is theirs. */
  isTaken(client: number, person: string): boolean {
    const owner = this.#written.get(client);
    return owner !== undefined && owner !== person && !this.#unshown.has(client);
  }

  add(owners: ReadonlyMap<number, string>): void {
    for (const [client, person] of owners) {
      if (this.#reserved.get(client) !== person && this.hasAny(person)) this.#unshown.add(client);
    }
    for (const [client, person] of owners) {
      this.#written.set(client, person);
      this.#writers.add(person);
      this.#open.delete(client);
      this.#release(client, person);
    }
  }

  /** The owner has written more under it. */
  confirm(client: number): void {
    this.#unshown.delete(client);
  }

  reserve(client: number, person: string, present: () => ReadonlySet<string>): void {
    if (this.#unshown.delete(client) && this.#written.get(client) !== person) this.open(client);
    if (this.#written.has(client) || this.#reserved.has(client) || this.#isServers(client)) return;
    this.#reserved.set(client, person);
    const own = this.#reservedOf.get(person) ?? new Set();
    this.#reservedOf.set(person, own.add(client));
    // A person's new ids only displace that person's own: nobody can take an id reserved for another.
    const [oldest] = own;
    if (own.size > maxReserved && oldest !== undefined) this.#release(oldest, person);
    if (this.#reserved.size > this.#mostReserved) this.#releaseAbsent(present());
  }

  /** Drops the ids left behind by people who keep joining as new persons. Ids of people present are never dropped. */
  #releaseAbsent(present: ReadonlySet<string>): void {
    for (const [client, person] of this.#reserved) if (!present.has(person)) this.#release(client, person);
    // The people present may have more than that. In that case, check again after as many new ids.
    this.#mostReserved = this.#reserved.size + maxReservedInRoom;
  }

  #release(client: number, person: string): void {
    this.#reserved.delete(client);
    const own = this.#reservedOf.get(person);
    own?.delete(client);
    if (own?.size === 0) this.#reservedOf.delete(person);
  }

  /**
   * Everybody sees the server's ids in the document, also those of earlier processes, and could use one in presence.
   */
  #isServers(client: number): boolean {
    return !this.#proven.has(client) && !this.#open.has(client) && this.#ofUnnamed(client) === nobody;
  }

  #ofUnnamed(client: number): string | null {
    const isOld = client === this.#doc.clientID || Y.getState(this.#doc.store, client) > 0;
    return isOld ? nobody : null;
  }
}
