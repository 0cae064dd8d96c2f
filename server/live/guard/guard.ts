import type * as Y from 'yjs';
import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { collectionIn } from '../../../shared/schema/document.ts';
import type { Exceeded, Refusal } from '../../../shared/wire/protocol.ts';
import type { Role } from '../../../shared/roles.ts';
import { may } from '../../../shared/roles.ts';
import type { Membership } from '../../access/membership.ts';
import type { RefusedUpdate } from '../contract.ts';
import type { Additions } from '../room/allowances.ts';
import {
  emptiedBytes,
  maxClientIdsInDocument,
  maxPlacesPutBack,
  maxRecoveryEffort,
  participantShare,
  tariff,
} from '../limits.ts';
import type { Change, Dissected, Insertion, Listener } from './changes.ts';
import { dissect } from './changes.ts';
import type { TypePath } from './type-paths.ts';
import { Roots } from './type-paths.ts';
import { clientBytes } from './growth.ts';
import { LiveEntries } from './live-entries.ts';
import { Owners } from './owners.ts';
import { Quotas } from './quotas.ts';
import { Records } from './record.ts';
import type { PutBack } from './put-back.ts';
import { isAddition, placesOf } from './put-back.ts';
import { missing, Refused } from './refused.ts';
import type { GuardContext, Operation, Rule } from './rules.ts';
import { brokenPolicy, brokenRule, lastRules, operationOf, rules, writersOf } from './rules.ts';

export type Verdict = Pass | Refuse;

export interface Pass {
  readonly kind: 'pass';
  readonly changes: readonly Change[];
  /** True if it changes anything. A client that reconnects sends all deletes of the document again. */
  readonly hasEffect: boolean;
  /** Its cost for the main thread, now and later, in microseconds by `tariff`. */
  readonly weight: number;
  /** New client ids and their owners; null if there are none. */
  readonly owners: ReadonlyMap<number, string> | null;
  /** The client ids that it writes under. */
  readonly writers: readonly number[];
}

export interface Refuse extends RefusedUpdate {
  readonly kind: 'refuse';
  /** How it can be put back without closing its sender; null if it cannot. */
  readonly putBack: PutBack | null;
}

/**
 * Deducts an update's permanent additions from the writer's allowances. Returns the exceeded allowance, or null.
 * `isKnown`: true if this person has written in the document before.
 */
export type Spend = (additions: Additions, isKnown: boolean) => Exceeded | null;

/** A rule that the first disallowed change of an update breaks. */
type Broken = Pick<Refuse, 'reason' | 'rule' | 'exceeded'>;

const atRest: GuardContext = { isFull: false, policy: null };
const free: Spend = () => null;

/** Acts for edits restored after a loss: their authors wrote them, and the server had accepted them. */
const restorer: Operation['membership'] = { person: '', role: 'facilitator' };

/**
 * Checks updates before they are applied. A verdict is valid only for the current document: apply an accepted update
 * before you check the next one.
 */
export class Guard {
  readonly #doc: Y.Doc;
  readonly #definition: DocumentDefinition;
  readonly #roots: Roots;
  readonly #owners: Owners;
  readonly #live: LiveEntries;
  /** Why the last content under a client id was put back. */
  readonly #reasons = new Map<number, Refusal>();

  /** @param owners the recorded owners of client ids */
  constructor(doc: Y.Doc, owners: ReadonlyMap<number, string>, definition: DocumentDefinition) {
    this.#doc = doc;
    this.#definition = definition;
    this.#roots = new Roots(doc);
    this.#owners = new Owners(doc, owners);
    this.#live = new LiveEntries(doc, definition);
  }

  /** Calls `spend` last, so that only accepted updates use up allowances. */
  judge(
    update: Uint8Array,
    membership: Pick<Membership, 'person' | 'role'>,
    when: GuardContext = atRest,
    spend: Spend = free,
  ): Verdict {
    const check = new UpdateCheck(this.#doc, this.#definition, this.#owners, this.#live, membership, when);
    try {
      const limit = when.isRecovery ? maxRecoveryEffort : undefined;
      const dissected = dissect(this.#doc.store, this.#roots, update, check, limit);
      check.close();
      const broken = this.#emptiedIn(dissected, check, when) ?? check.broken;
      if (broken) return { kind: 'refuse', ...broken, putBack: check.putBack(dissected) };
      const { effort, growth } = dissected;
      const { changes, claims, writers } = check;
      const exceeded = spend(check.additions(growth), this.#owners.hasWritten(membership.person));
      if (exceeded)
        return { kind: 'refuse', ...overspent(exceeded), putBack: check.putBack(dissected, exceeded) };
      this.#own(writers, claims);
      this.#live.note(changes);
      const weight = effort + (claims?.size ?? 0) * tariff.newcomer;
      return { kind: 'pass', changes, hasEffect: check.hasEffect, weight, owners: claims, writers };
    } catch (error) {
      if (error instanceof Refused) {
        const { reason, rule } = error;
        return { kind: 'refuse', reason, rule, putBack: null };
      }
      throw error;
    }
  }

  /** Notes that an update's clocks are about to be in the document without its content. */
  tookBack({ putBack: { writers, owners, clocks }, reason }: Refuse & { readonly putBack: PutBack }): void {
    this.#own(writers, owners);
    for (const { client } of clocks) this.#reasons.set(client, reason);
  }

  #own(writers: readonly number[], claims: ReadonlyMap<number, string> | null): void {
    for (const writer of writers) this.#owners.confirm(writer);
    if (claims) this.#owners.add(claims);
  }

  /**
   * G35. What rests on emptied clocks would be dropped by Yjs without a word, and what it deletes would be gone. It has
   * the reason of what it rests on. If it changes nothing else, it passes: nothing of it comes in.
   */
  #emptiedIn(
    { clocks, restsOnCollected, isCollected }: Dissected,
    { changes }: UpdateCheck,
    { refusesEmptied, isStale }: GuardContext,
  ): Broken | null {
    if (!refusesEmptied) return null;
    const rests = isCollected || (restsOnCollected && changes.length > 0) || (isStale && changes.length > 0);
    if (!rests) return null;
    const known = clocks
      .map(({ client }) => this.#reasons.get(client))
      .find((reason) => reason !== undefined);
    return { reason: known ?? 'not-now', rule: 'G35' };
  }

  /** Call this after the server itself has written in the document. */
  changedByServer(): void {
    this.#live.forget();
  }

  /**
   * Checks edits that a facilitator restores after a loss. Their authors may be anybody, including the server; schemas,
   * limits and types are checked as for any update.
   */
  judgeRestored(update: Uint8Array): Verdict {
    return this.judge(update, restorer, { isFull: false, policy: null, isRecovery: true });
  }

  /**
   * Finds where an update leaves a field empty that has a value now, because the value written next is missing. Returns
   * the first such clock for each client id, or null if the update cannot be applied.
   */
  emptied(update: Uint8Array): ReadonlyMap<number, number> | null {
    const emptying = new Emptying();
    return this.#tells(update, emptying, undefined) ? emptying.clocks() : null;
  }

  /** True if the document has everything in an update, including its deletions. */
  has(update: Uint8Array): boolean {
    return this.#tells(update, new Unchanging(), maxRecoveryEffort);
  }

  get owners(): Owners {
    return this.#owners;
  }

  /** The client ids that only a server can have used: they wrote content that nobody else may write. */
  serversIn(changes: readonly Change[]): Set<number> {
    const servers = new Set<number>();
    for (const change of changes) {
      const collection = collectionIn(this.#definition, change.home.root);
      if (change.does !== 'insert' || !collection || writersOf(collection, change) !== 'server') continue;
      // Others may have written into a record that the server added.
      if (change.home.depth === 0 || collection.change === 'server') servers.add(change.client);
    }
    return servers;
  }

  /** The ids of the records in one collection that these changes create. */
  recordsMade(changes: readonly Change[], collection: string): string[] {
    if (collectionIn(this.#definition, collection)?.kind !== 'records') return [];
    const made: string[] = [];
    for (const { does, home, key } of changes) {
      if (does === 'insert' && home.root === collection && home.depth === 0 && key !== null) made.push(key);
    }
    return made;
  }

  /** Passes an update's changes to a listener. Returns false if it cannot be applied or the listener refuses it. */
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
   * Reserves a client id for a person before it writes. Others learn the id from presence, and could write under it
   * first. `present`: the people on the board; if too many ids are reserved, only theirs are kept.
   */
  reserve(client: number, person: string, present: () => ReadonlySet<string>): void {
    this.#owners.reserve(client, person, present);
  }
}

/** Collects the changes of one update and stops at the first broken rule. */
class UpdateCheck implements Listener {
  readonly changes: Change[] = [];
  /** The client ids that nobody has written under before. */
  claims: Map<number, string> | null = null;
  hasEffect = false;
  /** The first broken rule, if the update can be put back. */
  broken: Broken | null = null;
  readonly writers: number[] = [];
  readonly #definition: DocumentDefinition;
  readonly #owners: Owners;
  readonly #membership: Operation['membership'];
  readonly #when: GuardContext;
  readonly #quotas: Quotas;
  readonly #touched: Records;
  /** Operations that are checked again after the whole update is read. */
  readonly #operations: Operation[] = [];
  /** The share of the document's limits that this person may fill; 1 is all. */
  readonly #share: number;
  #records = 0;
  #keys = 0;
  /** True if it exceeds the size of the document, or a limit of it. */
  #isOverSum = false;

  constructor(
    doc: Y.Doc,
    definition: DocumentDefinition,
    owners: Owners,
    live: LiveEntries,
    membership: Operation['membership'],
    when: GuardContext,
  ) {
    this.#definition = definition;
    this.#touched = new Records(doc, definition, this.changes);
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
    if (rule) this.#break(rule, operation);
    if (this.#when.policy || operation.collection?.change === 'own') this.#operations.push(operation);
    this.#quotas.count(operation);
    if (change.does === 'insert' && change.key !== null && !change.isTaken) this.#countKey(operation);
    this.changes.push(change);
  }

  lost(): void {
    // It was put back in this very transaction: nothing of it will be there.
  }

  /** The permanent additions, given the growth in bytes without new client ids. */
  additions(growth: number): Additions {
    const clients = this.claims?.size ?? 0;
    return { clients, records: this.#records, keys: this.#keys, bytes: growth + clients * clientBytes };
  }

  /** @throws Refused if a limit is exceeded or one of the last rules is broken */
  close(): void {
    for (const operation of this.#operations) {
      const rule = brokenRule(operation, lastRules);
      if (rule) this.#break(rule, operation);
      else this.broken ??= brokenPolicy(operation);
    }
    const reason = this.#quotas.exceeded();
    if (reason) {
      this.#isOverSum = true;
      this.broken ??= { reason, rule: 'G16' };
    }
    const clients = this.claims?.size ?? 0;
    if (clients > 0 && this.#owners.size + clients > maxClientIdsInDocument * this.#share)
      throw new Refused('too-many', 'G16');
  }

  /** How to put the update back; undefined if it changes too many places, or needs more client ids than are allowed. */
  putBack(dissected: Dissected, exceeded: Exceeded | null = null): PutBack | null {
    const places = placesOf(this.changes);
    if (places.length > maxPlacesPutBack || exceeded?.of === 'clients') return null;
    const { effort } = dissected;
    const clocks = dissected.clocks.filter(({ from, to }) => from < to);
    // A sum that is exceeded must not be used up further by what is only taken out.
    const isPure =
      !this.#isOverSum &&
      exceeded === null &&
      !dissected.restsOnCollected &&
      clocks.length > 0 &&
      this.changes.every((change) => isAddition(this.#definition, change));
    const clients = this.claims?.size ?? 0;
    const weight = effort + clients * tariff.newcomer;
    const { claims: owners, writers } = this;
    const additions = this.additions(clocks.length * emptiedBytes);
    return { places, isAddition: isPure, clocks, owners, writers, weight, additions };
  }

  /** Notes the first broken rule; after one that an honest page cannot break, the update is not read further. */
  #break(rule: Rule, operation: Operation): void {
    const { refusal: reason, number } = rule;
    const isHard = !rule.isSoft || brokenRule(operation, hardRules) !== null;
    if (isHard || this.#when.isRecovery) throw new Refused(reason, number);
    if (number === 'G20') this.#isOverSum = true;
    this.broken ??= { reason, rule: number };
  }

  /** Fields are not counted: a record has few, and its own key counts for them. */
  #countKey({ depth, collection }: Operation): void {
    if (depth === 2) return;
    this.#keys++;
    if (depth === 1 && collection?.kind === 'records') this.#records++;
  }
}

const hardRules = rules.filter(({ isSoft }) => !isSoft);

const overspent = (exceeded: Exceeded): Broken => ({ reason: 'allowance', rule: 'G21', exceeded });

/** The share of a document's limits that a role may fill. The rest is for those who tidy up. */
export function shareOf(role: Role): number {
  return may(role, 'structure') ? 1 : participantShare;
}

/** Finds the fields that an update leaves without a value. */
class Emptying implements Listener {
  /** By type and key: the item that empties it; null if a later item of the update gives it a value. */
  readonly #last = new Map<TypePath, Map<string, Insertion | null>>();

  writer(): void {
    // Owners were checked before.
  }

  change(change: Change): void {
    // A record that the update itself creates has no values to lose.
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

/** Refuses every change. */
class Unchanging implements Listener {
  writer(): void {
    throw missing();
  }

  change(): void {
    throw missing();
  }
}
