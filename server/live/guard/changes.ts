import * as Y from 'yjs';
import { tariff } from '../limits.ts';
import type { Content } from './content.ts';
import { contentOf } from './content.ts';
import { ConflictRuns } from './conflict-runs.ts';
import { Effort } from './cost.ts';
import { Growth } from './growth.ts';
import type { TypePath, Roots } from './type-paths.ts';
import { TypePaths, pathWithin } from './type-paths.ts';
import type { Id, Item, Struct, ParsedUpdate, Run } from './structs.ts';
import { takeApart } from './structs.ts';
import { malformed, misplaced, missing, Refused } from './refused.ts';
import type { Position } from './positions.ts';
import {
  mergesInStore,
  mergesInUpdate,
  structEndingAfter,
  positionInStore,
  positionInUpdate,
  positionOfStruct,
  structFrom,
} from './positions.ts';

/** Something that an update puts somewhere. */
export interface Insertion {
  readonly does: 'insert';
  readonly home: TypePath;
  /** The key in the home; null for an element of a text or a list. */
  readonly key: string | null;
  readonly content: Content;
  /** The client id it is written under, the first new clock, and how many clocks it takes. */
  readonly client: number;
  readonly clock: number;
  readonly length: number;
  /** Whether there is, or was, something under this key already. */
  readonly isTaken: boolean;
}

/** Something that an update takes away and that was still there. */
export interface Removal {
  readonly does: 'remove';
  readonly home: TypePath;
  readonly key: string | null;
  readonly content: Content;
  readonly client: number;
  readonly clock: number;
  readonly length: number;
  /** Whether this same update made it. */
  readonly isFresh: boolean;
}

export type Change = Insertion | Removal;

/** Who is told what an update would do, and may end the reading by throwing. */
export interface Listener {
  /** A client id under which it writes something new, told before what it writes. */
  writer(client: number): void;
  change(change: Change): void;
}

/** What an update costs. */
export interface Price {
  /** Of the main thread's time, in microseconds by `tariff`. */
  readonly effort: number;
  /** By how many bytes the encoded document grows for good. */
  readonly growth: number;
}

/**
 * Finds out what an update would change, and tells it piece by piece. It walks the structs in the order and
 * by the rules in which Yjs would integrate them (`integrateStructs`, `Item.getMissing`, `Item.integrate`),
 * but touches nothing. An update that costs more than `limit` is refused.
 * @throws Refused with `malformed`, `missing-dependency`, `wrong-parent`, `unknown-root` or `too-many`
 */
export function dissect(
  store: Y.Doc['store'],
  roots: Roots,
  update: Uint8Array,
  listener: Listener,
  limit?: number,
): Price {
  const effort = new Effort(limit);
  const dissection = new Dissection(store, roots, takeApart(update, effort), effort, listener);
  dissection.run();
  return { effort: effort.spent, growth: dissection.growth.bytes };
}

/** Client ids of which each rests on the next: each takes four calls, and the stack holds some 2,500 of them. */
const maxDepth = 1_000;

class Dissection {
  readonly growth = new Growth();
  readonly #store: Y.Doc['store'];
  readonly #roots: Roots;
  readonly #homes: TypePaths;
  readonly #runs: ParsedUpdate['runs'];
  readonly #deletes: ParsedUpdate['deletes'];
  readonly #effort: Effort;
  readonly #listener: Listener;
  readonly #crowds: ConflictRuns;
  #writers = 0;
  /** Client ids that are being placed, each for the one before it. */
  #depth = 0;

  constructor(
    store: Y.Doc['store'],
    roots: Roots,
    { runs, deletes }: ParsedUpdate,
    effort: Effort,
    listener: Listener,
  ) {
    this.#store = store;
    this.#roots = roots;
    this.#homes = new TypePaths(roots);
    this.#runs = runs;
    this.#deletes = deletes;
    this.#effort = effort;
    this.#listener = listener;
    this.#crowds = new ConflictRuns(effort);
  }

  run(): void {
    for (const run of this.#runs.values()) run.clock = run.stored = Y.getState(this.#store, run.client);
    for (const run of this.#runs.values()) while (run.next < run.parts.length) this.#placeNext(run);
    for (const [client, ranges] of this.#deletes) this.#remove(client, ranges);
  }

  #placeNext(run: Run): void {
    const part = run.parts[run.next];
    if (!part || run.isBusy) throw missing();
    if (this.#depth >= maxDepth) throw new Refused('too-many', 'G19');
    run.isBusy = true;
    this.#depth++;
    this.#place(part);
    this.#depth--;
    run.isBusy = false;
    run.next++;
  }

  #place(part: Struct): void {
    const { run, item } = part;
    const from = run.clock;
    if (part.clock > from) throw missing();
    if (item) this.#needDependencies(run.client, part.clock, item);
    if (part.end <= from) {
      if (item) this.#passOver(item);
      return;
    }
    if (from === run.stored) this.#countWriter(run.client);
    if (!item || !this.#settle(part, item, from)) this.growth.collected(part);
    run.clock = part.end;
  }

  #countWriter(client: number): void {
    if (this.#writers++ > 0) this.#effort.spend(tariff.writer);
    this.#listener.writer(client);
  }

  /** Places what an item rests on before the item itself, as Yjs does. */
  #needDependencies(client: number, clock: number, { left, right, parent }: Item): void {
    if (left) this.#need(left, client, clock);
    if (right) this.#need(right, client, clock);
    if (parent) this.#need(parent, client, clock);
  }

  #need(id: Id, client: number, clock: number): void {
    if (id.client === client) {
      // Yjs does not look for this one and would fall over it with the update half applied.
      if (id.clock >= clock) throw malformed();
      return;
    }
    const run = this.#runs.get(id.client);
    if (run) while (run.clock <= id.clock) this.#placeNext(run);
    else if (id.clock >= Y.getState(this.#store, id.client)) throw missing();
  }

  /** What is known changes nothing. But Yjs looks its neighbours up all the same, and makes the root it names. */
  #passOver({ left, right, root }: Item): void {
    if (root !== null && !this.#roots.named(root)) throw new Refused('unknown-root', 'G5');
    this.#neighbour(left, 1);
    this.#neighbour(right, 0);
  }

  /** What stands at a neighbour that an item names, and is cut in two where that does not end or begin there. */
  #neighbour(id: Id | null, toEnd: 0 | 1): Position | null {
    if (!id) return null;
    const stand = this.#find(id);
    this.#payCut(stand, id.clock + toEnd);
    return stand;
  }

  /** Pays for what Yjs moves when it cuts a struct in two. It does not cut what is collected. */
  #payCut({ clock, end, home, behind }: Position, at: number): void {
    if (home && clock < at && at < end) this.#effort.spend(behind * tariff.slot);
  }

  /**
   * Puts an item where it goes: beside its left neighbour, else its right one, else where it says. Returns false
   * where it is collected at once.
   */
  #settle(part: Struct, item: Item, from: number): boolean {
    const { client } = part.run;
    const named = this.#neighbour(item.left, 1);
    const right = this.#neighbour(item.right, 0);
    // What stands beside something collected is collected.
    if (named?.home === null || right?.home === null) return false;
    const home = named?.home ?? right?.home ?? this.#pathNamed(item);
    if (!home) return false;
    const key = named ? named.key : right ? right.key : item.key;
    const id = { client, clock: from };
    const leftId = part.clock < from ? { client, clock: from - 1 } : item.left;
    const left = part.clock < from ? this.#continued({ client, clock: from - 1 }, home, key) : named;
    const isTaken = key !== null && this.#crowds.take(home, key);
    this.#crowds.enter({ home, key, id, leftId, rightId: item.right, left, right, isTaken });
    this.growth.insert(part, item, from, leftId, left, right);
    part.home = home;
    part.key = key;
    const { content } = item;
    const length = part.end - from;
    this.#listener.change({ does: 'insert', home, key, content, client, clock: from, length, isTaken });
    return true;
  }

  /** The home that an item without neighbours names; null where that is collected or deleted. */
  #pathNamed({ root, parent }: Item): TypePath | null {
    if (root !== null) return this.#homes.ofRoot(root);
    if (!parent) throw malformed();
    const { home, key, item, part } = this.#find(parent);
    if (!home) return null;
    if (part) return pathMadeBy(part, home);
    if (item?.content instanceof Y.ContentDeleted) return null;
    if (!(item?.content instanceof Y.ContentType)) throw misplaced();
    return this.#homes.within(home, key, item.content.type);
  }

  /**
   * What stands before an item of which the store has the beginning. It must go on where that stands: Yjs
   * takes the neighbour from the store but the parent from the update, and would tie two lists together.
   */
  #continued(id: Id, home: TypePath, key: string | null): Position {
    const before = this.#find(id);
    if (before.home !== home || before.key !== key) throw misplaced();
    return before;
  }

  /** What stands at a clock, in the store or in this update; the caller has made sure that something does. */
  #find({ client, clock }: Id): Position {
    const run = this.#runs.get(client);
    const structs = this.#store.clients.get(client) ?? [];
    const isStored = clock < (run ? run.stored : Y.getState(this.#store, client));
    const stand = isStored
      ? positionInStore(structs, Y.findIndexSS(structs, clock), this.#homes)
      : run && positionInUpdate(run, clock);
    if (!stand) throw missing();
    return stand;
  }

  #remove(client: number, ranges: Uint32Array): void {
    const run = this.#runs.get(client);
    const inStore = run ? run.stored : Y.getState(this.#store, client);
    const end = run?.clock ?? inStore;
    let index = 0;
    for (let i = 0; i < ranges.length; i += 2) {
      const from = ranges[i] ?? 0;
      const to = ranges[i + 1] ?? 0;
      if (to > end) throw missing();
      if (from < inStore) index = this.#removeStored(client, index, from, Math.min(to, inStore));
      if (run && to > inStore) this.#removeBrought(run, Math.max(from, inStore), to);
    }
  }

  /** Returns the index of the last struct that it has looked at. */
  #removeStored(client: number, start: number, from: number, to: number): number {
    const structs = this.#store.clients.get(client) ?? [];
    for (let i = structFrom(structs, start, from); ; i++) {
      const struct = structs[i];
      if (!struct) return start;
      this.#effort.spend(tariff.look);
      if (!struct.deleted && struct instanceof Y.Item) {
        const stand = positionInStore(structs, i, this.#homes);
        if (stand) {
          this.#payRemoval(stand, from, to, mergesInStore(structs, i));
          this.#tellRemoval(client, from, to, stand, contentOf(struct), structs, i);
        }
      }
      if (struct.id.clock + struct.length >= to) return i;
    }
  }

  #removeBrought(run: Run, from: number, to: number): void {
    for (let i = structEndingAfter(run, from); ; i++) {
      const part = run.parts[i];
      if (!part || part.clock >= to) return;
      this.#effort.spend(tariff.look);
      const content = part.item?.content;
      if (!content || content.kind === 'deleted') continue;
      const stand = positionOfStruct(part);
      this.#payRemoval(stand, from, to, mergesInUpdate(run, i));
      this.#tellRemoval(run.client, from, to, stand, content, null, 0);
    }
  }

  /** Yjs cuts the struct at both ends of the range, and merges what is deleted with what was before. */
  #payRemoval(stand: Position, from: number, to: number, merges: number): void {
    this.#effort.spend(tariff.removal + merges * stand.behind * tariff.slot);
    this.#payCut(stand, from);
    this.#payCut(stand, to);
  }

  /** `structs`: where it is in the store, at `index`; null for what this update brings. */
  #tellRemoval(
    client: number,
    from: number,
    to: number,
    stand: Position,
    content: Content,
    structs: readonly (Y.Item | Y.GC)[] | null,
    index: number,
  ): void {
    const { home, key } = stand;
    if (!home) return;
    this.growth.remove(from, to, stand, content, structs?.[index - 1], structs?.[index + 1]);
    const isFresh = structs === null;
    const clock = Math.max(from, stand.clock);
    const length = Math.min(to, stand.end) - clock;
    this.#listener.change({ does: 'remove', home, key, content, client, clock, length, isFresh });
  }
}

/** The home that an item of this update is; null where it was deleted before it was sent. */
function pathMadeBy(part: Struct, home: TypePath): TypePath | null {
  const kind = part.item?.content.kind;
  if (kind === 'deleted') return null;
  if (kind !== 'type') throw misplaced();
  return (part.inner ??= pathWithin(home, part.key, null));
}
