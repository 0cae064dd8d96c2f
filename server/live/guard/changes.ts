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

/** Content that an update inserts. */
export interface Insertion {
  readonly does: 'insert';
  readonly home: TypePath;
  /** The key in its parent type; null for an element of a text or list. */
  readonly key: string | null;
  readonly content: Content;
  /** The client id that writes it, its first new clock, and its length in clocks. */
  readonly client: number;
  readonly clock: number;
  readonly length: number;
  /** True if this key has, or ever had, content. */
  readonly isTaken: boolean;
}

/** Content that an update deletes and that the document, or this update, still had. */
export interface Removal {
  readonly does: 'remove';
  readonly home: TypePath;
  readonly key: string | null;
  readonly content: Content;
  readonly client: number;
  readonly clock: number;
  readonly length: number;
  /** True if the same update inserted it. */
  readonly isFresh: boolean;
}

export type Change = Insertion | Removal;

/** Visitor for each change of an update. Throw to stop. */
export interface Listener {
  /** Called for each client id that the update writes under, before its changes. */
  writer(client: number): void;
  change(change: Change): void;
  /**
   * Called instead for an insertion into something that the document has as deleted; Yjs deletes it at once. Without
   * this method, `change` is called.
   */
  lost?(change: Insertion): void;
}

/** The clocks of one client id in an update that are new to the document: from the first up to, not including, the last. */
export interface ClockRange {
  readonly client: number;
  readonly from: number;
  readonly to: number;
}

/** An update as a whole. */
export interface Dissected {
  /** Main-thread time in microseconds, by `tariff`. */
  readonly effort: number;
  /** Permanent growth of the encoded document, in bytes. */
  readonly growth: number;
  /** For each client id of the update; empty ranges if the document has all of it. */
  readonly clocks: readonly ClockRange[];
  /** True if it inserts next to or into stored content that was collected, or is in something deleted. */
  readonly restsOnCollected: boolean;
  /** True if it brings content of which the document has the clocks, but only as collected. */
  readonly isCollected: boolean;
}

/**
 * Finds all changes of an update without applying it. Visits structs in the same order and by the same rules as Yjs
 * (`integrateStructs`, `Item.getMissing`, `Item.integrate`). Refuses an update that costs more than `limit`.
 * @throws Refused with `malformed`, `missing-dependency`, `wrong-parent`, `unknown-root` or `too-many`
 */
export function dissect(
  store: Y.Doc['store'],
  roots: Roots,
  update: Uint8Array,
  listener: Listener,
  limit?: number,
): Dissected {
  const effort = new Effort(limit);
  const dissection = new Dissection(store, roots, takeApart(update, effort), effort, listener);
  dissection.run();
  const { clocks, restsOnCollected, isCollected } = dissection;
  return { effort: effort.spent, growth: dissection.growth.bytes, clocks, restsOnCollected, isCollected };
}

/** Longest chain of dependent client ids. Each takes four calls, and the stack is deep enough for about 2,500. */
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
  restsOnCollected = false;
  isCollected = false;
  /** The current depth of that chain. */
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

  get clocks(): ClockRange[] {
    return [...this.#runs.values()].map(({ client, stored, clock }) => ({ client, from: stored, to: clock }));
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
    if (item && part.clock < run.stored) this.#checkStored(run.client, part.clock, item);
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

  /** Places the dependencies of an item before the item itself, as Yjs does. */
  #needDependencies(client: number, clock: number, { left, right, parent }: Item): void {
    if (left) this.#need(left, client, clock);
    if (right) this.#need(right, client, clock);
    if (parent) this.#need(parent, client, clock);
  }

  #need(id: Id, client: number, clock: number): void {
    if (id.client === client) {
      // Yjs does not look this one up, and would fail on it with the update half applied.
      if (id.clock >= clock) throw malformed();
      return;
    }
    const run = this.#runs.get(id.client);
    if (run) while (run.clock <= id.clock) this.#placeNext(run);
    else if (id.clock >= Y.getState(this.#store, id.client)) throw missing();
  }

  /** Content that the document has as collected was put back before, or was in something deleted. */
  #checkStored(client: number, clock: number, { content }: Item): void {
    const structs = this.#store.clients.get(client) ?? [];
    if (content.kind !== 'deleted' && structs[Y.findIndexSS(structs, clock)] instanceof Y.GC)
      this.isCollected = true;
  }

  /** A known item changes nothing, but Yjs still looks up its neighbours and creates the root it names. */
  #passOver({ left, right, root }: Item): void {
    if (root !== null && !this.#roots.named(root)) throw new Refused('unknown-root', 'G5');
    this.#neighbour(left, 1);
    this.#neighbour(right, 0);
  }

  /** Finds the neighbour that an item names. Yjs splits it if the item does not attach at its end or start. */
  #neighbour(id: Id | null, toEnd: 0 | 1): Position | null {
    if (!id) return null;
    const stand = this.#find(id);
    this.#payCut(stand, id.clock + toEnd);
    return stand;
  }

  /** Charges for the structs that Yjs moves to split one. Yjs does not split collected structs. */
  #payCut({ clock, end, home, behind }: Position, at: number): void {
    if (home && clock < at && at < end) this.#effort.spend(behind * tariff.slot);
  }

  /**
   * Places an item next to its left neighbour, else next to its right one, else in the parent that it names. Returns
   * false if Yjs collects it at once.
   */
  #settle(part: Struct, item: Item, from: number): boolean {
    const { client } = part.run;
    const named = this.#neighbour(item.left, 1);
    const right = this.#neighbour(item.right, 0);
    // An item next to a collected neighbour is collected too.
    if (named?.home === null || right?.home === null) {
      if (isCollectedInStore(named) || isCollectedInStore(right)) this.restsOnCollected = true;
      return false;
    }
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
    const insertion: Insertion = {
      does: 'insert',
      home,
      key,
      content,
      client,
      clock: from,
      length,
      isTaken,
    };
    if (!home.type?._item?.deleted) this.#listener.change(insertion);
    else {
      this.restsOnCollected = true;
      if (this.#listener.lost) this.#listener.lost(insertion);
      else this.#listener.change(insertion);
    }
    return true;
  }

  /** The parent type of an item without neighbours; null if that is collected or deleted. */
  #pathNamed({ root, parent }: Item): TypePath | null {
    if (root !== null) return this.#homes.ofRoot(root);
    if (!parent) throw malformed();
    const found = this.#find(parent);
    const { home, key, item, part } = found;
    if (!home) {
      if (isCollectedInStore(found)) this.restsOnCollected = true;
      return null;
    }
    if (part) return pathMadeBy(part, home);
    if (item?.content instanceof Y.ContentDeleted) {
      this.restsOnCollected = true;
      return null;
    }
    if (!(item?.content instanceof Y.ContentType)) throw misplaced();
    return this.#homes.within(home, key, item.content.type);
  }

  /**
   * The item before a partly stored one. Both must have the same parent: Yjs takes the neighbour from the store but the
   * parent from the update, and would join two lists otherwise.
   */
  #continued(id: Id, home: TypePath, key: string | null): Position {
    const before = this.#find(id);
    if (before.home !== home || before.key !== key) throw misplaced();
    return before;
  }

  /** The struct at a clock, in the store or in this update. The caller ensures that it exists. */
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

  /** Returns the index of the last struct visited. */
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

  /** Yjs splits the struct at both ends of the range, and merges the deleted part with the one before. */
  #payRemoval(stand: Position, from: number, to: number, merges: number): void {
    this.#effort.spend(tariff.removal + merges * stand.behind * tariff.slot);
    this.#payCut(stand, from);
    this.#payCut(stand, to);
  }

  /** `structs`: the store's structs, with this one at `index`; null if this update brings it. */
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

function isCollectedInStore(position: Position | null): boolean {
  return position !== null && position.home === null && position.part === null;
}

/** The type that an item of this update creates; null if it was deleted before it was sent. */
function pathMadeBy(part: Struct, home: TypePath): TypePath | null {
  const kind = part.item?.content.kind;
  if (kind === 'deleted') return null;
  if (kind !== 'type') throw misplaced();
  return (part.inner ??= pathWithin(home, part.key, null));
}
