import * as Y from 'yjs';
import { maxRecords, mergeSlack } from '../../../shared/limits.ts';
import type { Refusal } from '../../../shared/protocol.ts';
import type { Home } from './homes.ts';
import { keyCount } from './homes.ts';
import type { Deed } from './rules.ts';

/** What an update does to one text, set or collection. */
interface Sum {
  readonly home: Home;
  readonly max: number;
  inserted: number;
  removed: number;
  readonly added: Set<string>;
  readonly dropped: Set<string>;
}

/**
 * Adds up what the changes of one update do to sizes. Removals count only for what was still there, and
 * once, so that nothing can be made to look smaller than it will be.
 */
export class Quotas {
  readonly #texts = new Map<Home, Sum>();
  readonly #sets = new Map<Home, Sum>();
  readonly #entries = new Map<string, Sum>();

  count({ change, collection, depth, field }: Deed): void {
    if (depth === 1 && collection !== null)
      this.#countEntry(change, this.#sum(this.#entries, change.home.root, change.home, maxRecords));
    else if (depth === 3 && field?.kind === 'text')
      this.#countText(change, this.#sum(this.#texts, change.home, change.home, field.max * mergeSlack));
    else if (depth === 3 && field?.kind === 'set')
      this.#countMember(change, this.#sum(this.#sets, change.home, change.home, field.max));
  }

  /** The limit that would be passed, or null. What is too large already may still shrink. */
  exceeded(): Refusal | null {
    for (const { home, max, inserted, removed } of this.#texts.values()) {
      if (inserted > removed && textLength(home) + inserted - removed > max) return 'too-long';
    }
    for (const { home, max, added, dropped } of this.#sets.values()) {
      if (added.size === 0) continue;
      const members =
        home.type instanceof Y.Map && !home.isFresh ? new Set(home.type.keys()) : new Set<string>();
      for (const key of dropped) members.delete(key);
      for (const key of added) members.add(key);
      if (members.size > max) return 'too-many';
    }
    for (const { home, max, added } of this.#entries.values()) {
      if (added.size > 0 && keyCount(home) + added.size > max) return 'too-many';
    }
    return null;
  }

  #countEntry(change: Deed['change'], sum: Sum): void {
    if (change.does === 'insert' && !change.isTaken && change.key !== null) sum.added.add(change.key);
  }

  #countText(change: Deed['change'], sum: Sum): void {
    if (!(change.content instanceof Y.ContentString)) return;
    if (change.does === 'insert') sum.inserted += change.length;
    else sum.removed += change.length;
  }

  #countMember(change: Deed['change'], sum: Sum): void {
    if (change.key === null) return;
    if (change.does === 'insert') sum.added.add(change.key);
    else sum.dropped.add(change.key);
  }

  #sum<K>(sums: Map<K, Sum>, key: K, home: Home, max: number): Sum {
    const known = sums.get(key);
    if (known) return known;
    const sum: Sum = { home, max, inserted: 0, removed: 0, added: new Set(), dropped: new Set() };
    sums.set(key, sum);
    return sum;
  }
}

/** The length of a text before the update. One that the update makes is not in the document yet. */
function textLength({ type, isFresh }: Home): number {
  return type instanceof Y.Text && !isFresh ? type.length : 0;
}
