import { Bucket } from '../bucket.ts';
import type { AllowanceKind, Exceeded } from '../../../shared/wire/protocol.ts';
import { allowanceKinds } from '../../../shared/wire/protocol.ts';
import type { Role } from '../../../shared/roles.ts';
import type { Clock } from '../clock.ts';
import {
  boardAllowance,
  frugalShare,
  gatheredBytes,
  leadClientIds,
  newcomersPerDay,
  personAllowance,
  renamingsPerDay,
  reservedShare,
} from '../limits.ts';

/** What an update adds to a document for good. */
export type Additions = Readonly<Record<AllowanceKind, number>>;

/** Who adds it: `device` stands for the person in all roles. */
export interface Adder {
  readonly device: string;
  /** Whether this person has written in the document before. */
  readonly isKnown: boolean;
  /** Since when they are here; by the clock of the allowances. */
  readonly since: number;
}

/** What may be added in a day, at once or bit by bit. */
export interface AllowanceTable {
  /** By one person, in whatever roles. */
  readonly person: Additions;
  /** By all participants of a board together. */
  readonly board: Additions;
  /** Client ids that facilitators may add: one of them, and all of a board. Nothing else of theirs is counted. */
  readonly leads: { readonly person: number; readonly board: number };
  /** People who are written into a board's document for the first time, of each role. */
  readonly newcomers: number;
  /** How often the name and colour of people who are known are written anew: of one person, and of all of each role. */
  readonly renamings: { readonly person: number; readonly role: number };
}

const daily: AllowanceTable = {
  person: personAllowance,
  board: boardAllowance,
  leads: leadClientIds,
  newcomers: newcomersPerDay,
  renamings: renamingsPerDay,
};

const secondsPerDay = 24 * 3600;
const refilling = (amount: number) => ({ perSecond: amount / secondsPerDay, burst: amount });

/** Buckets of one size that refill over a day, by the name of whoever takes from them. Those that are full are not kept. */
class Buckets<K> {
  readonly #amount: number;
  readonly #buckets = new Map<K, Bucket>();

  constructor(amount: number) {
    this.#amount = amount;
  }

  has(name: K, now: number, amount = 1): boolean {
    return (this.#buckets.get(name)?.left(now) ?? this.#amount) >= amount;
  }

  take(name: K, now: number, amount = 1): void {
    const bucket = this.#buckets.get(name) ?? new Bucket(refilling(this.#amount), now);
    bucket.take(amount, now);
    this.#buckets.set(name, bucket);
  }

  clear(): void {
    this.#buckets.clear();
  }

  /** Forgets those that are full again. Returns whether none is left. */
  sweep(now: number): boolean {
    for (const [name, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(name);
    return this.#buckets.size === 0;
  }
}

/** One bucket for each thing that is counted. */
class Purse {
  /** Bytes that have been added and are not taken yet. */
  gathered = 0;
  readonly #buckets: Readonly<Record<AllowanceKind, Bucket>>;

  constructor(amounts: Additions, now: number) {
    const bucket = (kind: AllowanceKind) => new Bucket(refilling(amounts[kind]), now);
    this.#buckets = {
      clients: bucket('clients'),
      records: bucket('records'),
      keys: bucket('keys'),
      bytes: bucket('bytes'),
    };
  }

  left(kind: AllowanceKind, now: number): number {
    return this.#buckets[kind].left(now);
  }

  take(additions: Additions, now: number): void {
    for (const kind of allowanceKinds)
      if (additions[kind] > 0) this.#buckets[kind].take(additions[kind], now);
  }

  isFull(now: number): boolean {
    if (this.gathered > 0) this.#buckets.bytes.take(this.gathered, now);
    this.gathered = 0;
    return allowanceKinds.every((kind) => this.#buckets[kind].isFull(now));
  }
}

/**
 * What participants have added to one document lately. The last part of what all of them may add is kept for people
 * who wrote here before, or came before it was the last part, and have taken little: a crowd of newcomers cannot stop
 * those who are at work.
 */
class Ledger {
  readonly #table: AllowanceTable;
  #pool: Purse;
  /** Client ids of facilitators, by device, and of all of them. What all may take bounds their number. */
  readonly #leads: Buckets<string>;
  readonly #allLeads: Buckets<'all'>;
  readonly #newcomers: Buckets<Role>;
  /** By device. What a role may take bounds their number: one is there only once something was taken from it. */
  readonly #renamings: Buckets<string>;
  readonly #renamingsOfRole: Buckets<Role>;
  readonly #purses = new Map<string, Purse>();
  /** Since when only the last part is left of something; null where it is not so. */
  #lowSince: number | null = null;

  constructor(table: AllowanceTable, now: number) {
    this.#table = table;
    this.#pool = new Purse(table.board, now);
    this.#leads = new Buckets(table.leads.person);
    this.#allLeads = new Buckets(table.leads.board);
    this.#newcomers = new Buckets(table.newcomers);
    this.#renamings = new Buckets(table.renamings.person);
    this.#renamingsOfRole = new Buckets(table.renamings.role);
  }

  /** Puts a few bytes to those that are still to be taken. Returns false where there are too many of them by now. */
  gather(device: string, bytes: number): boolean {
    const purse = this.#purses.get(device);
    if (!purse || purse.gathered + bytes > gatheredBytes) return false;
    purse.gathered += bytes;
    return true;
  }

  spend({ device, isKnown, since }: Adder, given: Additions, now: number): Exceeded | null {
    const purse = this.#purses.get(device);
    const additions = purse?.gathered ? { ...given, bytes: given.bytes + purse.gathered } : given;
    const { person, board } = this.#table;
    const wasHere = isKnown || purse !== undefined || since < (this.#lowSince ?? now);
    for (const of of allowanceKinds) {
      const amount = additions[of];
      if (amount === 0) continue;
      const left = (purse?.left(of, now) ?? person[of]) - amount;
      if (left < 0) return { of, limit: person[of], for: 'person' };
      const poolLeft = this.#pool.left(of, now) - amount;
      const isFrugal = wasHere && person[of] - left <= person[of] * frugalShare;
      if (poolLeft < (isFrugal ? 0 : board[of] * reservedShare)) {
        this.#lowSince ??= now;
        return { of, limit: board[of], for: 'board' };
      }
    }
    const own = purse ?? this.#purseOf(device, now);
    own.take(additions, now);
    own.gathered = 0;
    this.#pool.take(additions, now);
    this.#noteLow(now);
    return null;
  }

  spendAsLead(device: string, clients: number, now: number): Exceeded | null {
    const { person, board } = this.#table.leads;
    if (!this.#leads.has(device, now, clients)) return { of: 'clients', limit: person, for: 'person' };
    if (!this.#allLeads.has('all', now, clients)) return { of: 'clients', limit: board, for: 'board' };
    this.#leads.take(device, now, clients);
    this.#allLeads.take('all', now, clients);
    return null;
  }

  admit(role: Role, now: number): boolean {
    if (!this.#newcomers.has(role, now)) return false;
    this.#newcomers.take(role, now);
    return true;
  }

  rename(device: string, role: Role, now: number): boolean {
    if (!this.#renamings.has(device, now) || !this.#renamingsOfRole.has(role, now)) return false;
    this.#renamings.take(device, now);
    this.#renamingsOfRole.take(role, now);
    return true;
  }

  /** Lets all together add as much as if nothing had been added; what each may add stays. */
  relieve(now: number): void {
    this.#pool = new Purse(this.#table.board, now);
    this.#allLeads.clear();
    this.#newcomers.clear();
    this.#renamingsOfRole.clear();
    this.#lowSince = null;
  }

  /** Forgets whose purses are full again. Returns whether nothing is left to remember. */
  sweep(now: number): boolean {
    for (const [device, purse] of this.#purses) if (purse.isFull(now)) this.#purses.delete(device);
    const areFull = [
      this.#leads,
      this.#allLeads,
      this.#newcomers,
      this.#renamings,
      this.#renamingsOfRole,
    ].map((of) => of.sweep(now));
    return this.#purses.size === 0 && !areFull.includes(false) && this.#pool.isFull(now);
  }

  #noteLow(now: number): void {
    const { board } = this.#table;
    const isLow = allowanceKinds.some((of) => this.#pool.left(of, now) < board[of] * reservedShare);
    this.#lowSince = isLow ? (this.#lowSince ?? now) : null;
  }

  #purseOf(device: string, now: number): Purse {
    const known = this.#purses.get(device);
    if (known) return known;
    const made = new Purse(this.#table.person, now);
    this.#purses.set(device, made);
    return made;
  }
}

/**
 * Bounds what participants add to documents for good: a rate only delays that. All that is counted refills over a
 * day. What is added to all documents of one definition (`board/definition`) is counted together. It outlives the rooms,
 * and not the process: after a restart all is full, and who has written before is known from the document's owners.
 */
export class Allowances {
  readonly #clock: Clock;
  readonly #table: AllowanceTable;
  readonly #ledgers = new Map<string, Ledger>();
  /** Those that are still to be swept in this round. */
  #unswept: string[] = [];

  constructor(clock: Clock, table = daily) {
    this.#clock = clock;
    this.#table = table;
  }

  /** Takes what an update adds to such a document, all of it or nothing. Returns what would be exceeded, or null. */
  spend(of: string, adder: Adder, additions: Additions): Exceeded | null {
    const { clients, records, keys, bytes } = additions;
    if (clients > 0 || records > 0 || keys > 0)
      return this.#ledgerOf(of).spend(adder, additions, this.#clock.now());
    // Most updates move something or write a letter: they are gathered, and neither clock nor bucket is looked at.
    if (bytes === 0 || this.#ledgers.get(of)?.gather(adder.device, bytes)) return null;
    return this.#ledgerOf(of).spend(adder, additions, this.#clock.now());
  }

  /** Takes the client ids that a facilitator's update adds: each makes every later edit of the document dearer. */
  spendAsLead(of: string, device: string, { clients }: Additions): Exceeded | null {
    return clients === 0 ? null : this.#ledgerOf(of).spendAsLead(device, clients, this.#clock.now());
  }

  /** Whether one more person may be written into such a document. */
  admit(of: string, role: Role): boolean {
    return this.#ledgerOf(of).admit(role, this.#clock.now());
  }

  /** Whether the name and colour of a person whom such a document knows may be written anew. */
  rename(of: string, device: string, role: Role): boolean {
    return this.#ledgerOf(of).rename(device, role, this.#clock.now());
  }

  /** Those who added too much to a board have been shut out: what they left to the others is made good. */
  relieve(board: string): void {
    for (const of of this.#allOf(board)) this.#ledgers.get(of)?.relieve(this.#clock.now());
  }

  /** A board's documents are others from now on, or none. */
  forget(board: string): void {
    for (const of of this.#allOf(board)) this.#ledgers.delete(of);
  }

  /** Forgets what has refilled, of one ledger at each call: there may be many. */
  sweep(): void {
    if (this.#unswept.length === 0) this.#unswept = [...this.#ledgers.keys()];
    const of = this.#unswept.pop();
    if (of !== undefined && this.#ledgers.get(of)?.sweep(this.#clock.now())) this.#ledgers.delete(of);
  }

  /** How many ledgers are remembered. */
  get size(): number {
    return this.#ledgers.size;
  }

  /** Looks at all: for what happens seldom. */
  #allOf(board: string): string[] {
    return [...this.#ledgers.keys()].filter((of) => of.startsWith(`${board}/`));
  }

  #ledgerOf(of: string): Ledger {
    const known = this.#ledgers.get(of);
    if (known) return known;
    const made = new Ledger(this.#table, this.#clock.now());
    this.#ledgers.set(of, made);
    return made;
  }
}
