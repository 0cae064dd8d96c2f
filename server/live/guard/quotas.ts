import * as Y from 'yjs';
import { maxRecords, mergeSlack } from '../../../shared/limits.ts';
import type { Refusal } from '../../../shared/protocol.ts';
import { pastMembers } from '../tuning.ts';
import type { Change } from './anatomy.ts';
import type { Home } from './homes.ts';
import { keyCount } from './homes.ts';
import type { Deed } from './rules.ts';

/** What an update does to one text, or to one set. */
interface TextSum {
  readonly max: number;
  inserted: number;
  removed: number;
}

interface SetSum {
  readonly max: number;
  readonly added: Set<string>;
  readonly dropped: Set<string>;
}

/**
 * Adds up what the changes of one update do to sizes. Removals count only for what was still there, and
 * once, so that nothing can be made to look smaller than it will be.
 */
export class Quotas {
  readonly #texts = new Map<Home, TextSum>();
  readonly #sets = new Map<Home, SetSum>();
  /** New keys of each collection. */
  readonly #entries = new Map<Home, number>();

  count({ change, collection, depth, field }: Deed): void {
    if (depth === 1 && collection !== null) this.#countEntry(change);
    else if (depth === 3 && field?.kind === 'text') this.#countText(change, field.max * mergeSlack);
    else if (depth === 3 && field?.kind === 'set') this.#countMember(change, field.max);
  }

  /** The limit that would be passed, or null. What is too large already may still shrink. */
  exceeded(): Refusal | null {
    for (const [home, { max, inserted, removed }] of this.#texts) {
      if (inserted > removed && textLength(home) + inserted - removed > max) return 'too-long';
    }
    for (const [home, sum] of this.#sets) if (isOverfull(home, sum)) return 'too-many';
    for (const [home, added] of this.#entries) {
      if (keyCount(home) + added > maxRecords) return 'too-many';
    }
    return null;
  }

  #countEntry(change: Change): void {
    if (change.does === 'insert' && !change.isTaken && change.key !== null)
      this.#entries.set(change.home, (this.#entries.get(change.home) ?? 0) + 1);
  }

  #countText({ home, does, content, length }: Change, max: number): void {
    if (content.kind !== 'string') return;
    const known = this.#texts.get(home);
    const sum = known ?? { max, inserted: 0, removed: 0 };
    if (!known) this.#texts.set(home, sum);
    if (does === 'insert') sum.inserted += length;
    else sum.removed += length;
  }

  #countMember({ home, does, key }: Change, max: number): void {
    if (key === null) return;
    const known = this.#sets.get(home);
    const sum = known ?? { max, added: new Set(), dropped: new Set() };
    if (!known) this.#sets.set(home, sum);
    (does === 'insert' ? sum.added : sum.dropped).add(key);
  }
}

/** The length of a text before the update; one that the update makes is not in the document yet. */
function textLength({ type }: Home): number {
  return type instanceof Y.Text ? type.length : 0;
}

/** Members are counted only where all that ever were might be too many: their keys stay, and take time. */
function isOverfull(home: Home, { max, added, dropped }: SetSum): boolean {
  if (added.size === 0) return false;
  const ever = keyCount(home) + added.size;
  if (ever <= max) return false;
  if (ever > max * pastMembers) return true;
  const members = new Set(home.type instanceof Y.Map ? home.type.keys() : []);
  for (const key of dropped) members.delete(key);
  for (const key of added) members.add(key);
  return members.size > max;
}
