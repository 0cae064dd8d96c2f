import type { AnyCollection } from '$shared/schema/collection.ts';
import { byOrder } from '$shared/schema/order-key.ts';
import { stockOf } from './apart.svelte.ts';
import type { Change, Entries, Entry, ItemOf } from './entries.svelte.ts';
import { isThere } from './entries.svelte.ts';

/** Gives the entries of any collection of one document. */
export interface Collections {
  of<C extends AnyCollection>(of: C): Entries<ItemOf<C>>;
}

/** A collection whose changes can move items of an index to other keys. */
export interface Influence {
  readonly of: AnyCollection;
  /** Calls `changed` when one of its records changes in a way that matters. */
  watch(collections: Collections, changed: () => void): void;
}

/** Defines which items an index lists under which keys, and in which order. */
export interface IndexDefinition<C extends AnyCollection = AnyCollection> {
  readonly of: C;
  /** The keys of an item. Collections that it also reads must be among the influences. */
  readonly keys: (item: ItemOf<C>, collections: Collections) => readonly string[];
  /** The order key of an item. Without it, items under one key are sorted by id. */
  readonly order?: (item: ItemOf<C>) => string;
  readonly influences?: readonly Influence[];
}

/** Defines an index. `board.by` makes it on first use. */
export function defineIndex<C extends AnyCollection>(definition: IndexDefinition<C>): IndexDefinition<C> {
  return definition;
}

/** @param what the part of a record that matters to the index, as one plain value */
export function influence<C extends AnyCollection>(of: C, what: (item: ItemOf<C>) => unknown): Influence {
  const seen = (item: ItemOf<C> | null) => (isThere(item) ? what(item) : undefined);
  return {
    of,
    watch(collections, changed) {
      collections.of(of).listen((changes) => {
        if (changes.some(({ before, after }) => seen(before) !== seen(after))) changed();
      });
    },
  };
}

/** The ids under one key, in order. */
export class Slot {
  ids: readonly string[] = $state.raw([]);
}
const newSlot = stockOf(() => new Slot());

/** The position of an item in the index. */
interface Placed<T> {
  readonly id: string;
  readonly item: T;
  readonly keys: readonly string[];
  readonly order: string;
}

/**
 * Maps keys to items of a collection. A changed item costs the length of the slots that it leaves and joins, whatever
 * the size of the collection. A change that does not matter to the index costs nothing.
 */
export class Index<T> {
  readonly #slots = new Map<string, Slot>();
  readonly #placed = new Map<string, Placed<T>>();
  readonly #keysOf: (item: T) => readonly string[];
  readonly #orderOf: (item: T) => string;

  constructor(keysOf: (item: T) => readonly string[], orderOf: (item: T) => string = () => '') {
    this.#keysOf = keysOf;
    this.#orderOf = orderOf;
  }

  /** The slot of a key; empty if no item has the key. */
  at(key: string): Slot {
    let slot = this.#slots.get(key);
    if (!slot) this.#slots.set(key, (slot = newSlot()));
    return slot;
  }

  /** Adds all existing items, before anyone has asked for a slot. */
  fill(entries: Iterable<Entry<T>>): void {
    const drafts = new Map<string, Placed<T>[]>();
    for (const { id, record } of entries)
      if (isThere(record)) this.#move(drafts, undefined, this.#place(id, record));
    this.#show(drafts);
  }

  /** Applies changes of the collection. */
  apply(changes: readonly Change<T>[]): void {
    const drafts = new Map<string, Placed<T>[]>();
    for (const { entry, after } of changes) {
      const before = this.#placed.get(entry.id);
      const next = isThere(after) ? this.#place(entry.id, after) : null;
      if (before && next && before.order === next.order && isSame(before.keys, next.keys))
        this.#placed.set(entry.id, next);
      else this.#move(drafts, before, next);
    }
    this.#show(drafts);
  }

  /** Recomputes the keys of all items, because something that they depend on has changed. */
  rearrange(): void {
    const drafts = new Map<string, Placed<T>[]>();
    for (const before of [...this.#placed.values()]) {
      const next = this.#place(before.id, before.item);
      if (!isSame(before.keys, next.keys)) this.#move(drafts, before, next);
    }
    this.#show(drafts);
  }

  #place(id: string, item: T): Placed<T> {
    return { id, item, keys: [...new Set(this.#keysOf(item))], order: this.#orderOf(item) };
  }

  #move(drafts: Map<string, Placed<T>[]>, before: Placed<T> | undefined, next: Placed<T> | null): void {
    for (const key of before?.keys ?? []) {
      const list = this.#draft(drafts, key);
      list.splice(list.indexOf(before as Placed<T>), 1);
    }
    if (before) this.#placed.delete(before.id);
    if (!next) return;
    for (const key of next.keys) insert(this.#draft(drafts, key), next);
    this.#placed.set(next.id, next);
  }

  #draft(drafts: Map<string, Placed<T>[]>, key: string): Placed<T>[] {
    let list = drafts.get(key);
    if (!list) {
      list = this.at(key).ids.flatMap((id) => this.#placed.get(id) ?? []);
      drafts.set(key, list);
    }
    return list;
  }

  #show(drafts: ReadonlyMap<string, readonly Placed<T>[]>): void {
    for (const [key, list] of drafts) this.at(key).ids = list.map((one) => one.id);
  }
}

/** Makes an index of a collection, and keeps it up to date as long as the document lives. */
export function openIndex<C extends AnyCollection>(
  collections: Collections,
  { of, keys, order, influences = [] }: IndexDefinition<C>,
): Index<ItemOf<C>> {
  const index = new Index<ItemOf<C>>((item) => keys(item, collections), order);
  const entries = collections.of(of);
  index.fill(entries.all);
  entries.listen((changes) => index.apply(changes));
  for (const one of influences) one.watch(collections, () => index.rearrange());
  return index;
}

const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((key, i) => key === b[i]);

/** Inserts an item into a sorted list, by binary search. */
function insert<T>(list: Placed<T>[], next: Placed<T>): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = list[middle];
    if (one && byOrder(one, next) < 0) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, next);
}
