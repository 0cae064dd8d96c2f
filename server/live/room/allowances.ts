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

/** The writer of an update. `device` stands for the person in all roles. */
export interface Adder {
  readonly device: string;
  /** True if this person has written in the document before. */
  readonly isKnown: boolean;
  /** When they joined, by the clock of the allowances. */
  readonly since: number;
}

/** What may be added in a day, at once or over time. */
export interface AllowanceTable {
  /** By one person, in all roles together. */
  readonly person: Additions;
  /** By all participants of a board together. */
  readonly board: Additions;
  /** Client ids that facilitators may add: one facilitator, and all of a board. Nothing else of theirs is counted. */
  readonly leads: { readonly person: number; readonly board: number };
  /** People of each role who are written into a board's document for the first time. */
  readonly newcomers: number;
  /** How often names and colours of known people are rewritten: of one person, and of everyone in a role. */
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

/** Buckets of one size that refill over a day, by the name of the taker. A full bucket is not stored. */
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

  /** Removes the buckets that are full again. Returns true if none is left. */
  sweep(now: number): boolean {
    for (const [name, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(name);
    return this.#buckets.size === 0;
  }
}

/** One bucket for each counted kind. */
class Purse {
  /** Bytes that have been added but not taken from the bucket yet. */
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
 * What participants have added to one document lately. A reserve at the end of the common allowance is kept for people
 * who wrote here before, or joined before only the reserve was left, and who have taken little. So a crowd of newcomers
 * cannot stop those who are at work.
 */
class Ledger {
  readonly #table: AllowanceTable;
  #pool: Purse;
  /** Client ids of facilitators: by device, and of all of them. The common allowance bounds the number of buckets. */
  readonly #leads: Buckets<string>;
  readonly #allLeads: Buckets<'all'>;
  readonly #newcomers: Buckets<Role>;
  /** By device. A bucket exists only once something was taken from it, so the role's allowance bounds their number. */
  readonly #renamings: Buckets<string>;
  readonly #renamingsOfRole: Buckets<Role>;
  readonly #purses = new Map<string, Purse>();
  /** Since when only the reserve of some kind is left; null if that is not so. */
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

  /** Adds a few bytes to those that are still to be taken. Returns false if they have become too many. */
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

  /** Refills the common allowances. The allowance of each person stays as it is. */
  relieve(now: number): void {
    this.#pool = new Purse(this.#table.board, now);
    this.#allLeads.clear();
    this.#newcomers.clear();
    this.#renamingsOfRole.clear();
    this.#lowSince = null;
  }

  /** Removes purses that are full again. Returns true if nothing is left to remember. */
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
 * Limits what participants add to documents for good; a rate would only delay it. Every allowance refills over a day.
 * All documents of one definition (`board/definition`) are counted together. The counts outlive the rooms but not the
 * process. After a restart every allowance is full, and the document's owners say who has written before.
 */
export class Allowances {
  readonly #clock: Clock;
  readonly #table: AllowanceTable;
  readonly #ledgers = new Map<string, Ledger>();
  /** The ledgers that are still to be swept in this round. */
  #unswept: string[] = [];

  constructor(clock: Clock, table = daily) {
    this.#clock = clock;
    this.#table = table;
  }

  /** Takes what an update adds to such a document: all or nothing. Returns what it would exceed, or null. */
  spend(of: string, adder: Adder, additions: Additions): Exceeded | null {
    const { clients, records, keys, bytes } = additions;
    if (clients > 0 || records > 0 || keys > 0)
      return this.#ledgerOf(of).spend(adder, additions, this.#clock.now());
    // Most updates move something or type a letter. Their bytes are gathered without reading a clock or a bucket.
    if (bytes === 0 || this.#ledgers.get(of)?.gather(adder.device, bytes)) return null;
    return this.#ledgerOf(of).spend(adder, additions, this.#clock.now());
  }

  /** Takes the client ids that a facilitator's update adds. Each makes every later edit of the document cost more. */
  spendAsLead(of: string, device: string, { clients }: Additions): Exceeded | null {
    return clients === 0 ? null : this.#ledgerOf(of).spendAsLead(device, clients, this.#clock.now());
  }

  /** Takes one newcomer. Returns false if no more people may be written into such a document today. */
  admit(of: string, role: Role): boolean {
    return this.#ledgerOf(of).admit(role, this.#clock.now());
  }

  /** Takes one rewrite of a known person's name and colour. Returns false if there are no more today. */
  rename(of: string, device: string, role: Role): boolean {
    return this.#ledgerOf(of).rename(device, role, this.#clock.now());
  }

  /** Refills the common allowances of a board, after people who added too much have been shut out. */
  relieve(board: string): void {
    for (const of of this.#allOf(board)) this.#ledgers.get(of)?.relieve(this.#clock.now());
  }

  /** Drops all counts of a board, because its documents have been replaced or deleted. */
  forget(board: string): void {
    for (const of of this.#allOf(board)) this.#ledgers.delete(of);
  }

  /** Removes what has refilled. Sweeps one ledger per call, because there may be many. */
  sweep(): void {
    if (this.#unswept.length === 0) this.#unswept = [...this.#ledgers.keys()];
    const of = this.#unswept.pop();
    if (of !== undefined && this.#ledgers.get(of)?.sweep(this.#clock.now())) this.#ledgers.delete(of);
  }

  /** The number of ledgers stored. */
  get size(): number {
    return this.#ledgers.size;
  }

  /** A linear search, for rare operations. */
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
