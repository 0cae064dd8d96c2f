import type * as Y from 'yjs';
import type { Collection, RecordOf } from '$shared/schema/collection.ts';
import { parseRecord } from '$shared/schema/collection.ts';
import { rootOf } from '$shared/schema/read.ts';
import type { Field } from '$shared/schema/field.ts';

/** A person who is at a record just now. */
export interface Visitor {
  readonly person: string;
  readonly typing: boolean;
}

/**
 * What the page knows of one record. Each part is a signal of its own, so that what reads one record
 * runs again only when that record changes. Entries are made by events, never while a component
 * renders: Svelte does not track a signal in the run that made it.
 */
export class Entry<R> {
  readonly id: string;
  /** The parsed record; null before it has arrived. */
  record: R | null = $state.raw(null);
  /** Others who have it selected or type in it. */
  visitors: readonly Visitor[] = $state.raw([]);
  /** Ideas that answer it (of a card). */
  ideas: readonly string[] = $state.raw([]);
  /** Being edited, and selected, on this screen. */
  editing = $state(false);
  selected = $state(false);
  /** Under the pointer or the focus on this screen: what only then is shown is made only then. */
  near = $state(false);

  constructor(id: string) {
    this.id = id;
  }
}

/** A record before and after a change; null where it was not or is no more. */
export interface Change<R> {
  readonly entry: Entry<R>;
  readonly before: R | null;
  readonly after: R | null;
}

/**
 * One collection of the document as entries. A transaction costs what it touched: one `observeDeep`
 * gathers the ids, each is parsed once, and `onChanges` hears of them together.
 */
export class Records<F extends Record<string, Field>> {
  readonly #doc: Y.Doc;
  readonly #of: Collection<F>;
  readonly #entries = new Map<string, Entry<RecordOf<F>>>();
  /** Rises when a record comes or goes. */
  #membership = $state(0);
  /** How many there are that are not removed. */
  size = $state(0);
  #all: readonly Entry<RecordOf<F>>[] | null = null;
  readonly #onChanges: (changes: readonly Change<RecordOf<F>>[]) => void;

  constructor(
    doc: Y.Doc,
    of: Collection<F>,
    onChanges: (changes: readonly Change<RecordOf<F>>[]) => void = () => {},
  ) {
    this.#doc = doc;
    this.#of = of;
    this.#onChanges = onChanges;
    rootOf(doc, of).observeDeep((events) => {
      const touched = new Set<string>();
      for (const event of events) {
        const inside = event.path[0];
        if (typeof inside === 'string') touched.add(inside);
        else for (const id of event.keys.keys()) touched.add(id);
      }
      this.#refresh(touched);
    });
    this.#refresh(rootOf(doc, of).keys());
  }

  /** Entries that are there and not removed, in no order; gathered when asked for after one came or went. */
  get all(): readonly Entry<RecordOf<F>>[] {
    void this.#membership;
    this.#all ??= [...this.#entries.values()].filter((entry) => isThere(entry.record));
    return this.#all;
  }

  /** The entry of an id; made empty where the record has not arrived yet. */
  entry(id: string): Entry<RecordOf<F>> {
    let entry = this.#entries.get(id);
    if (!entry) this.#entries.set(id, (entry = new Entry(id)));
    return entry;
  }

  /** The entry of an id that the page has heard of, or null. Reading it makes nothing. */
  find(id: string | null): Entry<RecordOf<F>> | null {
    return id === null ? null : (this.#entries.get(id) ?? null);
  }

  /** The record of an id where it is there and not removed. */
  get(id: string | null): RecordOf<F> | null {
    const entry = this.find(id);
    if (entry) return entry.record?.gone ? null : entry.record;
    // Not heard of yet: who asked is asked again when a record comes.
    void this.#membership;
    return null;
  }

  #refresh(ids: Iterable<string>): void {
    const root = rootOf(this.#doc, this.#of);
    const changes: Change<RecordOf<F>>[] = [];
    let members = false;
    let { size } = this;
    for (const id of ids) {
      const entry = this.entry(id);
      const before = entry.record;
      const after = parseRecord(this.#of, id, root.get(id));
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
    if (changes.length > 0) this.#onChanges(changes);
  }
}

function isThere(record: { gone: boolean } | null): boolean {
  return record !== null && !record.gone;
}
