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

/** Changes of an update to one text or one set. */
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

/** Changes of an update to the entries of one collection, by key. */
interface EntrySum {
  /** The limit of live entries. */
  readonly most: number;
  /** Keys that never existed before. */
  readonly made: Set<string>;
  /** Entries that may be live afterwards: values set, and records brought back. Takes precedence over `hidden`. */
  readonly shown: Set<string>;
  /** Values removed, and records created as removed. */
  readonly hidden: Set<string>;
}

/**
 * Adds up the size changes of one update. A removal counts only if the content was still there, and only once, so that
 * no update can look smaller than it is.
 */
export class Quotas {
  readonly #texts = new Map<TypePath, TextSum>();
  readonly #sets = new Map<TypePath, SetSum>();
  readonly #entries = new Map<TypePath, EntrySum>();
  readonly #live: LiveEntries;
  readonly #share: number;

  /** `share`: the share of each collection's limit that this person may fill. */
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

  /** The exceeded limit, or null. A size above its limit may still shrink. */
  exceeded(): Refusal | null {
    for (const [home, { max, inserted, removed }] of this.#texts) {
      if (inserted > removed && textLength(home) + inserted - removed > max) return 'too-long';
    }
    for (const [home, sum] of this.#sets) if (isOverfull(home, sum)) return 'too-many';
    for (const [home, sum] of this.#entries) if (this.#isCrowded(home, sum)) return 'too-many';
    return null;
  }

  /** Count entries only when the number of keys ever used could exceed the limit: removed entries keep their key. */
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
   * Yjs decides which of several marks wins. So a record counts as live if one of them may restore it. It counts as
   * removed only if this update creates it and has no other mark for it.
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

/** The length of a text before the update; 0 if the update creates it. */
function textLength({ type }: TypePath): number {
  return type instanceof Y.Text ? type.length : 0;
}

/** Count members only when the number of keys ever used could exceed the limit: keys stay, and counting takes time. */
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
