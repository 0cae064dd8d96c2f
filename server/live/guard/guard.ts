import type * as Y from 'yjs';
import { collectionNamed } from '../../../shared/board/document.ts';
import type { Refusal } from '../../../shared/protocol.ts';
import type { Seat } from '../../access/seat.ts';
import type { Anatomy, Change } from './anatomy.ts';
import { dissect } from './anatomy.ts';
import { Homes } from './homes.ts';
import { Quotas } from './quotas.ts';
import { Refused } from './refused.ts';
import { brokenRule, deedOf } from './rules.ts';

export type Verdict =
  | {
      readonly kind: 'pass';
      readonly changes: readonly Change[];
      /** The client ids that were seen for the first time, and whose they are; null where there are none. */
      readonly owners: ReadonlyMap<number, string> | null;
    }
  | { readonly kind: 'refuse'; readonly reason: Refusal; readonly rule: string };

/**
 * Judges updates before they touch the document. A verdict holds for the document as it is just now:
 * an update that passes must be applied before the next one is judged.
 */
export class Guard {
  readonly #doc: Y.Doc;
  readonly #homes: Homes;
  /** Whose each client id is, as far as it has been seen to write in this process. */
  readonly #owners = new Map<number, string>();
  #isFull = false;

  /** `owners`: whose each client id is, as the store has it. */
  constructor(doc: Y.Doc, owners: ReadonlyMap<number, string> = new Map()) {
    this.#doc = doc;
    this.#homes = new Homes(doc);
    for (const [client, person] of owners) this.#owners.set(client, person);
    this.#owners.set(doc.clientID, server);
  }

  /** Whether the document has the size that it may have: then what adds to it is refused. */
  setFull(isFull: boolean): void {
    this.#isFull = isFull;
  }

  judge(update: Uint8Array, seat: Pick<Seat, 'person' | 'role'>): Verdict {
    try {
      const anatomy = dissect(this.#doc, this.#homes, update);
      return (
        this.#ownership(anatomy, seat.person) ??
        judgeChanges(anatomy.changes, seat) ??
        this.#pass(anatomy, seat.person)
      );
    } catch (error) {
      if (error instanceof Refused)
        return { kind: 'refuse', reason: error.reason, rule: ruleOf[error.reason] ?? 'G2' };
      throw error;
    }
  }

  #ownership({ writers }: Anatomy, person: string): Verdict | null {
    for (const client of writers) {
      const owner = this.#owners.get(client);
      if (owner !== undefined && owner !== person)
        return { kind: 'refuse', reason: 'not-author', rule: 'G4' };
    }
    return null;
  }

  #pass({ writers, changes }: Anatomy, person: string): Verdict {
    let owners: Map<number, string> | null = null;
    for (const client of writers) {
      if (this.#owners.has(client)) continue;
      this.#owners.set(client, person);
      (owners ??= new Map()).set(client, person);
    }
    return { kind: 'pass', changes, owners };
  }
}

/** No person has this id. */
const server = '';

const ruleOf: Partial<Record<Refusal, string>> = { 'missing-dependency': 'G3' };

function judgeChanges(changes: readonly Change[], seat: Pick<Seat, 'person' | 'role'>): Verdict | null {
  const quotas = new Quotas();
  for (const change of changes) {
    const deed = deedOf(change, seat);
    const rule = brokenRule(deed);
    if (rule) return { kind: 'refuse', reason: rule.refusal, rule: rule.number };
    quotas.count(deed);
  }
  const reason = quotas.exceeded();
  return reason && { kind: 'refuse', reason, rule: 'G16' };
}

/** The ids of the records of one collection that these changes make. */
export function recordsMade(changes: readonly Change[], collection: string): string[] {
  if (collectionNamed(collection)?.kind !== 'records') return [];
  const made: string[] = [];
  for (const { does, home, key } of changes) {
    if (does === 'insert' && home.root === collection && home.keys.length === 0 && key !== null)
      made.push(key);
  }
  return made;
}
