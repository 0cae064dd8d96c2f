import type * as Y from 'yjs';
import { collectionNamed } from '../../../shared/board/document.ts';
import type { Refusal } from '../../../shared/protocol.ts';
import type { Seat } from '../../access/seat.ts';
import { maxRecoveryEffort, tariff } from '../tuning.ts';
import type { Change, Insertion, Listener } from './anatomy.ts';
import { dissect } from './anatomy.ts';
import type { Home } from './homes.ts';
import { Roots } from './homes.ts';
import { Owners } from './owners.ts';
import { Quotas } from './quotas.ts';
import { missing, Refused } from './refused.ts';
import type { Circumstances, Deed } from './rules.ts';
import { brokenRule, deedOf } from './rules.ts';

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

export interface Refuse {
  readonly kind: 'refuse';
  readonly reason: Refusal;
  /** The number of the broken rule in docs/SYNC.md. */
  readonly rule: string;
}

const atRest: Circumstances = { isFull: false };

/** Who restores edits that the server lost: their authors made them, and the server took them once. */
const restorer: Deed['seat'] = { person: '', role: 'facilitator' };

/**
 * Judges updates before they touch the document. A verdict holds for the document as it is just now:
 * an update that passes must be applied before the next one is judged.
 */
export class Guard {
  readonly #doc: Y.Doc;
  readonly #roots: Roots;
  readonly #owners: Owners;

  /** @param owners whose each client id is, as far as records told */
  constructor(doc: Y.Doc, owners: ReadonlyMap<number, string>) {
    this.#doc = doc;
    this.#roots = new Roots(doc);
    this.#owners = new Owners(doc, owners);
  }

  judge(update: Uint8Array, seat: Pick<Seat, 'person' | 'role'>, when: Circumstances = atRest): Verdict {
    const hearing = new Hearing(this.#owners, seat, when);
    try {
      const limit = when.isRecovery ? maxRecoveryEffort : undefined;
      const effort = dissect(this.#doc.store, this.#roots, update, hearing, limit);
      hearing.close();
      const { changes, claims, writers } = hearing;
      for (const writer of writers) this.#owners.confirm(writer);
      if (claims) this.#owners.add(claims);
      const weight = effort + (claims?.size ?? 0) * tariff.newcomer;
      return { kind: 'pass', changes, hasEffect: hearing.hasEffect, weight, owners: claims, writers };
    } catch (error) {
      if (error instanceof Refused) return { kind: 'refuse', reason: error.reason, rule: error.rule };
      throw error;
    }
  }

  /**
   * Judges edits that a facilitator restores after the server lost them. Whoever made them, and whatever the server
   * wrote itself, may come back; shapes, limits and kinds hold as for any update.
   */
  judgeRestored(update: Uint8Array): Verdict {
    return this.judge(update, restorer, { isFull: false, isRecovery: true });
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
   * and could write under it first.
   */
  reserve(client: number, person: string): void {
    this.#owners.reserve(client, person);
  }
}

/** Hears what one update would do, and ends it at the first rule that is broken. */
class Hearing implements Listener {
  readonly changes: Change[] = [];
  /** The client ids that nobody has written under before. */
  claims: Map<number, string> | null = null;
  hasEffect = false;
  readonly writers: number[] = [];
  readonly #owners: Owners;
  readonly #seat: Deed['seat'];
  readonly #when: Circumstances;
  readonly #quotas = new Quotas();

  constructor(owners: Owners, seat: Deed['seat'], when: Circumstances) {
    this.#owners = owners;
    this.#seat = seat;
    this.#when = when;
  }

  writer(client: number): void {
    this.hasEffect = true;
    this.writers.push(client);
    if (this.#when.isRecovery) return;
    const { person } = this.#seat;
    if (!this.#owners.allow(client, person)) throw new Refused('not-author', 'G4');
    if (!this.#owners.isRecorded(client, person))
      this.claims = (this.claims ?? new Map<number, string>()).set(client, person);
  }

  change(change: Change): void {
    this.hasEffect = true;
    const deed = deedOf(change, this.#seat, this.#when);
    const rule = brokenRule(deed);
    if (rule) throw new Refused(rule.refusal, rule.number);
    this.#quotas.count(deed);
    this.changes.push(change);
  }

  /** @throws Refused where a limit would be passed */
  close(): void {
    const reason = this.#quotas.exceeded();
    if (reason) throw new Refused(reason, 'G16');
  }
}

/** Finds what an update leaves without a value. */
class Emptying implements Listener {
  /** By home and key: the item that leaves it empty; null where a later one of the update gives it a value. */
  readonly #last = new Map<Home, Map<string, Insertion | null>>();

  writer(): void {
    // Whose an id is was judged before.
  }

  change(change: Change): void {
    if (change.does === 'remove' || change.key === null) return;
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

/** The ids of the records of one collection that these changes make. */
export function recordsMade(changes: readonly Change[], collection: string): string[] {
  if (collectionNamed(collection)?.kind !== 'records') return [];
  const made: string[] = [];
  for (const { does, home, key } of changes) {
    if (does === 'insert' && home.root === collection && home.depth === 0 && key !== null) made.push(key);
  }
  return made;
}
