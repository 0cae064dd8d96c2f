import { untrack } from 'svelte';
import type * as Y from 'yjs';
import type { AnyCollection, Collection, RecordOf, ValueCollection } from '$shared/schema/collection.ts';
import { parseRecord, parseValue } from '$shared/schema/collection.ts';
import { rootOf } from '$shared/schema/read.ts';
import { apart } from './apart.svelte.ts';

/** What is stored in a collection: its records, or its values. */
export type ItemOf<C extends AnyCollection> =
  C extends Collection<infer F> ? RecordOf<F> : C extends ValueCollection<infer T> ? T : never;

/** A person who is at a record just now. */
export interface Visitor {
  readonly person: string;
  readonly typing: boolean;
}

/**
 * What the page knows of one record or value. Each part is a signal of its own, so that what reads one record
 * runs again only when that record changes.
 */
export class Entry<R> {
  /** The id of a record, the key of a value. */
  readonly id: string;
  /** The parsed record or value; null before it has arrived, and where it is malformed. */
  record: R | null = $state.raw(null);
  /** Others who have it selected or type in it. */
  visitors: readonly Visitor[] = $state.raw([]);

  constructor(id: string) {
    this.id = id;
  }
}

/** A record or value before and after a change; null where it was not or is no more. */
export interface Change<R> {
  readonly entry: Entry<R>;
  readonly before: R | null;
  readonly after: R | null;
}

type Listener<R> = (changes: readonly Change<R>[]) => void;

/**
 * One collection of the document as entries. A transaction costs what it touched: one observer
 * gathers the ids, each is parsed once, and the listeners hear of them together.
 */
export class Entries<R> {
  readonly #root: Y.Map<unknown>;
  readonly #parse: (id: string, stored: unknown) => R | null;
  readonly #entries = new Map<string, Entry<R>>();
  readonly #listeners: Listener<R>[] = [];
  /** Rises when a record comes or goes. */
  #membership = $state(0);
  /** How many there are that are not removed. */
  size = $state(0);
  #all: readonly Entry<R>[] | null = null;

  /** @param parse reads what is stored under an id; null where it is nothing, or malformed */
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
      // Whoever changes the document in an effect does not read it by that, or would be run again by the change.
      untrack(() => this.#refresh(touched));
    });
    this.#refresh(root.keys());
  }

  /** Calls the listener after each transaction that touches the collection, for as long as the document lives. */
  listen(listener: Listener<R>): void {
    this.#listeners.push(listener);
  }

  /** Entries that are there and not removed, in no order; gathered when asked for after one came or went. */
  get all(): readonly Entry<R>[] {
    void this.#membership;
    this.#all ??= [...this.#entries.values()].filter((entry) => isThere(entry.record));
    return this.#all;
  }

  /** The entry of an id; made empty where the record has not arrived yet. */
  entry(id: string): Entry<R> {
    let entry = this.#entries.get(id);
    if (!entry) this.#entries.set(id, (entry = apart(() => new Entry<R>(id))));
    return entry;
  }

  /** The entry of an id that the page has heard of, or null. Reading it makes nothing. */
  find(id: string | null): Entry<R> | null {
    return id === null ? null : (this.#entries.get(id) ?? null);
  }

  /** The record of an id where it is there and not removed. */
  get(id: string | null): R | null {
    const entry = this.find(id);
    if (entry) return isThere(entry.record) ? entry.record : null;
    // Not heard of yet: who asked is asked again when a record comes.
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

/** Whether a record or value is there, and not removed. */
export function isThere<R>(record: R | null): record is R {
  return record !== null && !(typeof record === 'object' && 'gone' in record && record.gone === true);
}
