import { untrack } from 'svelte';
import type * as Y from 'yjs';
import type { AnyCollection, Collection, RecordOf, ValueCollection } from '$shared/schema/collection.ts';
import { parseRecord, parseValue } from '$shared/schema/collection.ts';
import { rootOf } from '$shared/schema/read.ts';
import { apart } from './apart.svelte.ts';

/** The item type of a collection: its records or its values. */
export type ItemOf<C extends AnyCollection> =
  C extends Collection<infer F> ? RecordOf<F> : C extends ValueCollection<infer T> ? T : never;

/** A person who is at a record now. */
export interface Visitor {
  readonly person: string;
  readonly typing: boolean;
}

/**
 * The page's view of one record or value. Each part is its own signal, so that a reader of one record reruns only when
 * that record changes.
 */
export class Entry<R> {
  /** The id of a record, or the key of a value. */
  readonly id: string;
  /** The parsed record or value; null before it has arrived, and if it is malformed. */
  record: R | null = $state.raw(null);
  /** Other people who have the record selected or type in it. */
  visitors: readonly Visitor[] = $state.raw([]);

  constructor(id: string) {
    this.id = id;
  }
}

/** A record or value before and after a change; null if it did not exist then. */
export interface Change<R> {
  readonly entry: Entry<R>;
  readonly before: R | null;
  readonly after: R | null;
}

type Listener<R> = (changes: readonly Change<R>[]) => void;

/**
 * One collection of the document as entries. A transaction costs what it touches: one observer gathers the ids, each
 * item is parsed once, and the listeners get all changes together.
 */
export class Entries<R> {
  readonly #root: Y.Map<unknown>;
  readonly #parse: (id: string, stored: unknown) => R | null;
  readonly #entries = new Map<string, Entry<R>>();
  readonly #listeners: Listener<R>[] = [];
  /** Incremented when a record is added or removed. */
  #membership = $state(0);
  /** The number of items that are not removed. */
  size = $state(0);
  #all: readonly Entry<R>[] | null = null;

  /** @param parse reads the stored item of an id; returns null if it is missing or malformed */
  constructor(root: Y.Map<unknown>, parse: (id: string, stored: unknown) => R | null) {
    this.#root = root;
    this.#parse = parse;
    root.observeDeep((events) => {
      const touched = new Set<string>();
      for (const event of events) {
        const inside = event.path[0];
        if (typeof inside === 'string') touched.add(inside);
        else for (const id of event.keys.keys()) touched.add(id);
      }
      // An effect that changes the document must not thereby read it, or the change would rerun the effect.
      untrack(() => this.#refresh(touched));
    });
    this.#refresh(root.keys());
  }

  /** Calls the listener after each transaction that touches the collection, as long as the document lives. */
  listen(listener: Listener<R>): void {
    this.#listeners.push(listener);
  }

  /** The entries that are not removed, in no order. Gathered on demand after one was added or removed. */
  get all(): readonly Entry<R>[] {
    void this.#membership;
    this.#all ??= [...this.#entries.values()].filter((entry) => isThere(entry.record));
    return this.#all;
  }

  /** The entry of an id; empty if the record has not arrived yet. */
  entry(id: string): Entry<R> {
    let entry = this.#entries.get(id);
    if (!entry) this.#entries.set(id, (entry = apart(() => new Entry<R>(id))));
    return entry;
  }

  /** The entry of an id, or null if the page does not know it. Reading makes no entry. */
  find(id: string | null): Entry<R> | null {
    return id === null ? null : (this.#entries.get(id) ?? null);
  }

  /** The record of an id, if it exists and is not removed. */
  get(id: string | null): R | null {
    const entry = this.find(id);
    if (entry) return isThere(entry.record) ? entry.record : null;
    // Unknown yet: the caller reruns when a record is added.
    void this.#membership;
    return null;
  }

  #refresh(ids: Iterable<string>): void {
    const changes: Change<R>[] = [];
    let members = false;
    let { size } = this;
    for (const id of ids) {
      const entry = this.entry(id);
      const before = entry.record;
      const after = this.#parse(id, this.#root.get(id));
      entry.record = after;
      changes.push({ entry, before, after });
      if (isThere(before) === isThere(after)) continue;
      members = true;
      size += isThere(after) ? 1 : -1;
    }
    if (members) {
      this.#all = null;
      this.#membership++;
      this.size = size;
    }
    if (changes.length > 0) for (const listener of this.#listeners) listener(changes);
  }
}

/** The entries of a collection of a document. */
export function entriesOf<C extends AnyCollection>(doc: Y.Doc, of: C): Entries<ItemOf<C>> {
  const any: AnyCollection = of;
  const parse = (id: string, stored: unknown) =>
    any.kind === 'records' ? parseRecord(any, id, stored) : parseValue(any, stored);
  return new Entries(rootOf(doc, of), parse as (id: string, stored: unknown) => ItemOf<C> | null);
}

/** True if a record or value exists and is not removed. */
export function isThere<R>(record: R | null): record is R {
  return record !== null && !(typeof record === 'object' && 'gone' in record && record.gone === true);
}
