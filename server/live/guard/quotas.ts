import * as Y from 'yjs';
import type { AnyCollection } from '../../../shared/schema/collection.ts';
import { mergeSlack } from '../../../shared/limits.ts';
import type { Refusal } from '../../../shared/wire/protocol.ts';
import { pastEntries, pastMembers } from '../limits.ts';
import type { Change } from './changes.ts';
import type { TypePath } from './type-paths.ts';
import { keyCount } from './type-paths.ts';
import type { LiveEntries } from './live-entries.ts';
import type { Operation } from './rules.ts';

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

/** What an update does to the entries of one collection, by their keys. */
interface EntrySum {
  /** How many may be there. */
  readonly most: number;
  /** Keys that were never there. */
  readonly made: Set<string>;
  /** What may be there afterwards: values that are set, and records that are brought back. It prevails over `hidden`. */
  readonly shown: Set<string>;
  /** Values that are taken back, and records that are made as removed ones. */
  readonly hidden: Set<string>;
}

/**
 * Adds up what the changes of one update do to sizes. Removals count only for what was still there, and
 * once, so that nothing can be made to look smaller than it will be.
 */
export class Quotas {
  readonly #texts = new Map<TypePath, TextSum>();
  readonly #sets = new Map<TypePath, SetSum>();
  readonly #entries = new Map<TypePath, EntrySum>();
  readonly #live: LiveEntries;
  readonly #share: number;

  /** `share`: how much of the limit of each collection this person may fill. */
  constructor(live: LiveEntries, share: number) {
    this.#live = live;
    this.#share = share;
  }

  count({ change, collection, depth, field }: Operation): void {
    if (depth === 1 && collection !== null) this.#countEntry(change, collection);
    else if (depth === 2 && change.key === 'gone' && collection !== null)
      this.#countRemovalMark(change, collection);
    else if (depth === 3 && field?.kind === 'text') this.#countText(change, field.max * mergeSlack);
    else if (depth === 3 && field?.kind === 'set') this.#countMember(change, field.max);
  }

  /** The limit that would be passed, or null. What is too large already may still shrink. */
  exceeded(): Refusal | null {
    for (const [home, { max, inserted, removed }] of this.#texts) {
      if (inserted > removed && textLength(home) + inserted - removed > max) return 'too-long';
    }
    for (const [home, sum] of this.#sets) if (isOverfull(home, sum)) return 'too-many';
    for (const [home, sum] of this.#entries) if (this.#isCrowded(home, sum)) return 'too-many';
    return null;
  }

  /** Entries are counted only where all that ever were might be too many: what is removed keeps its key. */
  #isCrowded({ root, type }: TypePath, { most, made, shown, hidden }: EntrySum): boolean {
    const ever = (type?._map.size ?? 0) + made.size;
    if (ever <= most) return false;
    if (made.size > 0 && ever > most * pastEntries) return true;
    const live = this.#live.of(root);
    let more = 0;
    for (const key of shown) if (!live.has(key)) more++;
    for (const key of made) if (!shown.has(key) && !hidden.has(key)) more++;
    for (const key of hidden) if (!shown.has(key) && live.has(key)) more--;
    return more > 0 && live.size + more > most;
  }

  #entriesOf(home: TypePath, { limit }: AnyCollection): EntrySum {
    const known = this.#entries.get(home);
    if (known) return known;
    const sum = {
      most: limit * this.#share,
      made: new Set<string>(),
      shown: new Set<string>(),
      hidden: new Set<string>(),
    };
    this.#entries.set(home, sum);
    return sum;
  }

  #countEntry(change: Change, of: AnyCollection): void {
    const { key, home } = change;
    if (key === null) return;
    const sum = this.#entriesOf(home, of);
    if (change.does === 'insert' && !change.isTaken) sum.made.add(key);
    if (of.kind === 'values') sum[change.does === 'insert' ? 'shown' : 'hidden'].add(key);
  }

  /**
   * Which of several marks will hold is Yjs's to say. So a record that one of them may bring back counts as there,
   * and one that they may remove makes no room, unless this update makes it and has no other mark for it.
   */
  #countRemovalMark({ home, does, content }: Change, of: AnyCollection): void {
    if (home.outer === null || home.key === null) return;
    const isGone = content.kind === 'values' && content.values.every((value) => value === true);
    const { made, shown, hidden } = this.#entriesOf(home.outer, of);
    if (does === 'insert' ? !isGone : isGone) shown.add(home.key);
    else if (made.has(home.key)) hidden.add(home.key);
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
function textLength({ type }: TypePath): number {
  return type instanceof Y.Text ? type.length : 0;
}

/** Members are counted only where all that ever were might be too many: their keys stay, and take time. */
function isOverfull(home: TypePath, { max, added, dropped }: SetSum): boolean {
  if (added.size === 0) return false;
  const ever = keyCount(home) + added.size;
  if (ever <= max) return false;
  if (ever > max * pastMembers) return true;
  const members = new Set(home.type instanceof Y.Map ? home.type.keys() : []);
  for (const key of dropped) members.delete(key);
  for (const key of added) members.add(key);
  return members.size > max;
}
