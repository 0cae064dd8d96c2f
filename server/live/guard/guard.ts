import type * as Y from 'yjs';
import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { collectionIn } from '../../../shared/schema/document.ts';
import type { Exceeded } from '../../../shared/wire/protocol.ts';
import type { Role } from '../../../shared/roles.ts';
import { may } from '../../../shared/roles.ts';
import type { Membership } from '../../access/membership.ts';
import type { RefusedUpdate } from '../contract.ts';
import type { Additions } from '../room/allowances.ts';
import { maxClientIdsInDocument, maxRecoveryEffort, participantShare, tariff } from '../limits.ts';
import type { Change, Insertion, Listener } from './changes.ts';
import { dissect } from './changes.ts';
import type { TypePath } from './type-paths.ts';
import { Roots } from './type-paths.ts';
import { clientBytes } from './growth.ts';
import { LiveEntries } from './live-entries.ts';
import { Owners } from './owners.ts';
import { Quotas } from './quotas.ts';
import { Records } from './record.ts';
import { missing, Refused } from './refused.ts';
import type { GuardContext, Operation } from './rules.ts';
import { brokenRule, lastRules, operationOf, writersOf } from './rules.ts';

export type Verdict = Pass | Refuse;

export interface Pass {
  readonly kind: 'pass';
  readonly changes: readonly Change[];
  /** Whether it would change anything: who comes back sends all deletes of the document again. */
  readonly hasEffect: boolean;
  /** What it costs the main thread, now and later, in microseconds by `tariff`. */
  readonly weight: number;
  /** Client ids that are seen for the first time, and whose they are from now on; null where there are none. */
  readonly owners: ReadonlyMap<number, string> | null;
  /** The client ids under which it writes something new. */
  readonly writers: readonly number[];
}

export interface Refuse extends RefusedUpdate {
  readonly kind: 'refuse';
}

/**
 * Takes what an update adds for good from what the writer may add. Returns what would be exceeded, or null.
 * `isKnown`: whether this person has written in the document before.
 */
export type Spend = (additions: Additions, isKnown: boolean) => Exceeded | null;

const atRest: GuardContext = { isFull: false, policy: null };
const free: Spend = () => null;

/** Who restores edits that the server lost: their authors made them, and the server took them once. */
const restorer: Operation['membership'] = { person: '', role: 'facilitator' };

/**
 * Judges updates before they touch the document. A verdict holds for the document as it is just now:
 * an update that passes must be applied before the next one is judged.
 */
export class Guard {
  readonly #doc: Y.Doc;
  readonly #definition: DocumentDefinition;
  readonly #roots: Roots;
  readonly #owners: Owners;
  readonly #live: LiveEntries;

  /** @param owners whose each client id is, as far as records told */
  constructor(doc: Y.Doc, owners: ReadonlyMap<number, string>, definition: DocumentDefinition) {
    this.#doc = doc;
    this.#definition = definition;
    this.#roots = new Roots(doc);
    this.#owners = new Owners(doc, owners);
    this.#live = new LiveEntries(doc, definition);
  }

  /** `spend` is asked last: what it takes is of an update that passes. */
  judge(
    update: Uint8Array,
    membership: Pick<Membership, 'person' | 'role'>,
    when: GuardContext = atRest,
    spend: Spend = free,
  ): Verdict {
    const hearing = new UpdateCheck(this.#definition, this.#owners, this.#live, membership, when);
    try {
      const limit = when.isRecovery ? maxRecoveryEffort : undefined;
      const { effort, growth } = dissect(this.#doc.store, this.#roots, update, hearing, limit);
      hearing.close();
      const { changes, claims, writers } = hearing;
      const exceeded = spend(hearing.additions(growth), this.#owners.hasWritten(membership.person));
      if (exceeded) return { kind: 'refuse', reason: 'allowance', rule: 'G21', exceeded };
      for (const writer of writers) this.#owners.confirm(writer);
      if (claims) this.#owners.add(claims);
      this.#live.note(changes);
      const weight = effort + (claims?.size ?? 0) * tariff.newcomer;
      return { kind: 'pass', changes, hasEffect: hearing.hasEffect, weight, owners: claims, writers };
    } catch (error) {
      if (error instanceof Refused) return { kind: 'refuse', reason: error.reason, rule: error.rule };
      throw error;
    }
  }

  /** To be called when the server itself has written in the document. */
  changedByServer(): void {
    this.#live.forget();
  }

  /**
   * Judges edits that a facilitator restores after the server lost them. Whoever made them, and whatever the server
   * wrote itself, may come back; shapes, limits and kinds hold as for any update.
   */
  judgeRestored(update: Uint8Array): Verdict {
    return this.judge(update, restorer, { isFull: false, policy: null, isRecovery: true });
  }

  /**
   * Where an update would leave a field without a value, though it has one now: for each client id the first clock
   * that does it. So it is where the value that came next is missing.
   * Null where the update cannot be applied.
   */
  emptied(update: Uint8Array): ReadonlyMap<number, number> | null {
    const emptying = new Emptying();
    return this.#tells(update, emptying, undefined) ? emptying.clocks() : null;
  }

  /** Whether the document has all of an update, its deletions too. */
  has(update: Uint8Array): boolean {
    return this.#tells(update, new Unchanging(), maxRecoveryEffort);
  }

  get owners(): Owners {
    return this.#owners;
  }

  /** The client ids under which only a server can have written: what nobody else may write is under them. */
  serversIn(changes: readonly Change[]): Set<number> {
    const servers = new Set<number>();
    for (const change of changes) {
      const collection = collectionIn(this.#definition, change.home.root);
      if (change.does !== 'insert' || !collection || writersOf(collection, change) !== 'server') continue;
      // Into a record that the server has added others may have written since.
      if (change.home.depth === 0 || collection.change === 'server') servers.add(change.client);
    }
    return servers;
  }

  /** The ids of the records of one collection that these changes make. */
  recordsMade(changes: readonly Change[], collection: string): string[] {
    if (collectionIn(this.#definition, collection)?.kind !== 'records') return [];
    const made: string[] = [];
    for (const { does, home, key } of changes) {
      if (does === 'insert' && home.root === collection && home.depth === 0 && key !== null) made.push(key);
    }
    return made;
  }

  /** Tells a listener what an update would do. Returns false where it cannot be applied, or the listener refuses it. */
  #tells(update: Uint8Array, listener: Listener, limit: number | undefined): boolean {
    try {
      dissect(this.#doc.store, this.#roots, update, listener, limit);
      return true;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  /**
   * Keeps a client id for a person before anything is written under it: by presence others know it before,
   * and could write under it first. `present`: who is on the board; when there are too many, only theirs are kept.
   */
  reserve(client: number, person: string, present: () => ReadonlySet<string>): void {
    this.#owners.reserve(client, person, present);
  }
}

/** Hears what one update would do, and ends it at the first rule that is broken. */
class UpdateCheck implements Listener {
  readonly changes: Change[] = [];
  /** The client ids that nobody has written under before. */
  claims: Map<number, string> | null = null;
  hasEffect = false;
  readonly writers: number[] = [];
  readonly #definition: DocumentDefinition;
  readonly #owners: Owners;
  readonly #membership: Operation['membership'];
  readonly #when: GuardContext;
  readonly #quotas: Quotas;
  readonly #touched: Records;
  /** What is judged once more when all has been read. */
  readonly #operations: Operation[] = [];
  /** How full a document may become by this person: 1 is all of it. */
  readonly #share: number;
  #records = 0;
  #keys = 0;

  constructor(
    definition: DocumentDefinition,
    owners: Owners,
    live: LiveEntries,
    membership: Operation['membership'],
    when: GuardContext,
  ) {
    this.#definition = definition;
    this.#touched = new Records(definition, this.changes);
    this.#owners = owners;
    this.#share = shareOf(membership.role);
    this.#quotas = new Quotas(live, this.#share);
    this.#membership = membership;
    this.#when = when;
  }

  writer(client: number): void {
    this.hasEffect = true;
    this.writers.push(client);
    if (this.#when.isRecovery) return;
    const { person } = this.#membership;
    if (!this.#owners.allow(client, person)) throw new Refused('not-author', 'G4');
    if (!this.#owners.isRecorded(client, person))
      this.claims = (this.claims ?? new Map<number, string>()).set(client, person);
  }

  change(change: Change): void {
    this.hasEffect = true;
    const operation = operationOf(this.#definition, change, this.#membership, this.#when, this.#touched);
    const rule = brokenRule(operation);
    if (rule) throw new Refused(rule.refusal, rule.number);
    if (this.#when.policy || operation.collection?.change === 'own') this.#operations.push(operation);
    this.#quotas.count(operation);
    if (change.does === 'insert' && change.key !== null && !change.isTaken) this.#countKey(operation);
    this.changes.push(change);
  }

  /** What it adds for good, where it makes the document grow by so many bytes beside new client ids. */
  additions(growth: number): Additions {
    const clients = this.claims?.size ?? 0;
    return { clients, records: this.#records, keys: this.#keys, bytes: growth + clients * clientBytes };
  }

  /** @throws Refused where a limit would be passed, or one of the last rules is broken */
  close(): void {
    for (const operation of this.#operations) {
      const rule = brokenRule(operation, lastRules);
      if (rule) throw new Refused(rule.refusal, rule.number);
    }
    const reason = this.#quotas.exceeded();
    if (reason) throw new Refused(reason, 'G16');
    const clients = this.claims?.size ?? 0;
    if (clients > 0 && this.#owners.size + clients > maxClientIdsInDocument * this.#share)
      throw new Refused('too-many', 'G16');
  }

  /** The keys of a record's fields are few, and its own stands for them. */
  #countKey({ depth, collection }: Operation): void {
    if (depth === 2) return;
    this.#keys++;
    if (depth === 1 && collection?.kind === 'records') this.#records++;
  }
}

/** What share of a document's limits a role may fill: the rest is for those who tidy up. */
export function shareOf(role: Role): number {
  return may(role, 'structure') ? 1 : participantShare;
}

/** Finds what an update leaves without a value. */
class Emptying implements Listener {
  /** By home and key: the item that leaves it empty; null where a later one of the update gives it a value. */
  readonly #last = new Map<TypePath, Map<string, Insertion | null>>();

  writer(): void {
    // Whose an id is was judged before.
  }

  change(change: Change): void {
    // A record that the update itself makes has no values to lose.
    if (change.does === 'remove' || change.key === null || change.home.type === null) return;
    const keys = this.#last.get(change.home) ?? new Map<string, Insertion | null>();
    this.#last.set(change.home, keys.set(change.key, change.content.kind === 'deleted' ? change : null));
  }

  clocks(): ReadonlyMap<number, number> {
    const first = new Map<number, number>();
    for (const keys of this.#last.values()) {
      for (const emptying of keys.values()) {
        if (!emptying) continue;
        const { client, clock } = emptying;
        first.set(client, Math.min(clock, first.get(client) ?? Infinity));
      }
    }
    return first;
  }
}

/** Refuses whatever changes anything. */
class Unchanging implements Listener {
  writer(): void {
    throw missing();
  }

  change(): void {
    throw missing();
  }
}
