import * as Y from 'yjs';
import { maxReserved, maxReservedInRoom, maxSuspects } from '../limits.ts';

/**
 * No person has this id. On record it says that a client id is open: a facilitator restored lost edits under it, of
 * which nothing tells whose they are.
 */
export const nobody = '';

/**
 * Whose each Yjs client id is: the person's who first wrote under it, for ever. The document has a few that are
 * nobody's: the server's own, of this process and of those before it, from which templates were made too. What
 * stands in the document and is named by no record is one of those.
 */
export class Owners {
  readonly #doc: Y.Doc;
  readonly #written: Map<number, string>;
  readonly #writers: Set<string>;
  /** Named for somebody who has not written under it yet. */
  readonly #reserved = new Map<number, string>();
  readonly #reservedOf = new Map<string, Set<number>>();
  /** Whose ids are by a mark that this server signed before it lost edits. It knew better then. */
  readonly #proven = new Map<number, string>();
  /**
   * Whose bringer shows up under other ids: edits of an earlier page of theirs, or others' that the server lost
   * without anybody having proven it. Whoever shows up under such an id is its owner, until the bringer writes on.
   */
  readonly #unshown = new Set<number>();
  /** On record as open: whoever shows up under one is its owner once they write on. */
  readonly #open = new Set<number>();
  /** Nobody's, though nothing is known of them: lost edits that somebody else brought are under them. */
  readonly #suspects = new Set<number>();
  /** Past so many, those of people who are not there are given up. */
  #mostReserved = maxReservedInRoom;

  constructor(doc: Y.Doc, written: ReadonlyMap<number, string>) {
    this.#doc = doc;
    this.#written = new Map(written);
    for (const [client, person] of written) if (person === nobody) this.open(client);
    this.#writers = new Set(this.#written.values());
  }

  /** How many client ids people have written under. */
  get size(): number {
    return this.#written.size;
  }

  /** Whether a person has written anything. */
  hasWritten(person: string): boolean {
    return this.#writers.has(person);
  }

  knows(client: number): boolean {
    return this.#written.has(client);
  }

  /** Whether it is on record that a client id belongs to a person. */
  isRecorded(client: number, person: string): boolean {
    return this.#written.get(client) === person;
  }

  /** Whose a client id is, as far as anything tells; null where nothing does. */
  ownerOf(client: number): string | null {
    return this.#proven.get(client) ?? this.#written.get(client) ?? this.#reserved.get(client) ?? null;
  }

  /** Whether a person may write under a client id. */
  allow(client: number, person: string): boolean {
    const owner = this.ownerOf(client) ?? this.#ofUnnamed(client);
    return owner === null ? !this.#suspects.has(client) : owner === person;
  }

  /** Whether something tells that a client id is a person's: a record, presence, or a mark. */
  isSurely(client: number, person: string): boolean {
    return this.ownerOf(client) === person;
  }

  /** Whether any client id is known to be a person's. */
  hasAny(person: string): boolean {
    return this.#reservedOf.has(person) || this.#writers.has(person);
  }

  /** Gives a client id to a person for good, whoever has it: a mark proves it, or a facilitator has decided. */
  assign(client: number, person: string): void {
    this.#proven.set(client, person);
    const reserved = this.#reserved.get(client);
    if (reserved !== undefined) this.#release(client, reserved);
  }

  /** Leaves a client id, of which the document has something by now, to whoever shows up under it. */
  open(client: number): void {
    this.#written.delete(client);
    this.#open.add(client);
  }

  /**
   * The owner of these client ids has not come back yet: whoever writes under one without showing up under it is another.
   * `isProven`: whether the copy that names them is. Past a bound no more are noted.
   */
  suspect(clients: Iterable<number>, isProven: boolean): void {
    const most = isProven ? maxSuspects : maxSuspects / 2;
    for (const client of clients) {
      if (this.#suspects.size >= most) return;
      this.#suspects.add(client);
    }
  }

  /** How many client ids are noted so. */
  get suspected(): number {
    return this.#suspects.size;
  }

  /** Whether it is on record that somebody else showed up under a client id and wrote: what stands there is theirs. */
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

  /** Its owner has written on under it. */
  confirm(client: number): void {
    this.#unshown.delete(client);
  }

  reserve(client: number, person: string, present: () => ReadonlySet<string>): void {
    if (this.#unshown.delete(client) && this.#written.get(client) !== person) this.open(client);
    if (this.#written.has(client) || this.#reserved.has(client) || this.#isServers(client)) return;
    this.#reserved.set(client, person);
    const own = this.#reservedOf.get(person) ?? new Set();
    this.#reservedOf.set(person, own.add(client));
    // Only one's own make room: nobody can take what is kept for another.
    const [oldest] = own;
    if (own.size > maxReserved && oldest !== undefined) this.#release(oldest, person);
    if (this.#reserved.size > this.#mostReserved) this.#releaseAbsent(present());
  }

  /** Whoever comes as ever new persons leaves them behind; nobody can take what is kept for one who is there. */
  #releaseAbsent(present: ReadonlySet<string>): void {
    for (const [client, person] of this.#reserved) if (!present.has(person)) this.#release(client, person);
    // All who are there may have more than that: then it is looked at again when as many have come anew.
    this.#mostReserved = this.#reserved.size + maxReservedInRoom;
  }

  #release(client: number, person: string): void {
    this.#reserved.delete(client);
    const own = this.#reservedOf.get(person);
    own?.delete(client);
    if (own?.size === 0) this.#reservedOf.delete(person);
  }

  /** All see the server's ids in the document, those of earlier processes too, and could name them in their presence. */
  #isServers(client: number): boolean {
    return !this.#proven.has(client) && !this.#open.has(client) && this.#ofUnnamed(client) === nobody;
  }

  #ofUnnamed(client: number): string | null {
    const isOld = client === this.#doc.clientID || Y.getState(this.#doc.store, client) > 0;
    return isOld ? nobody : null;
  }
}
