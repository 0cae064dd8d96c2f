import type * as Y from 'yjs';
import type { AnyCollection } from '$shared/schema/collection.ts';
import type { Entries, ItemOf } from './entries.svelte.ts';
import { entriesOf } from './entries.svelte.ts';
import type { Collections, Index, IndexDefinition } from './index.svelte.ts';
import { openIndex } from './index.svelte.ts';

/** The collections of one document, and indexes over them. Each is read in when it is first asked for. */
export class Store implements Collections {
  readonly #doc: Y.Doc;
  readonly #entries = new Map<AnyCollection, Entries<unknown>>();
  readonly #indexes = new Map<unknown, Index<unknown>>();
  /**
   * Collections that were read in while something renders. Svelte does not track a signal in the run that made it,
   * so whoever asked is asked to look again, once.
   */
  readonly #late = new Set<Entries<unknown>>();
  #looks = $state(0);

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  of<C extends AnyCollection>(of: C): Entries<ItemOf<C>> {
    const entries = (this.#entries.get(of) as Entries<ItemOf<C>> | undefined) ?? this.#read(of);
    if (this.#late.has(entries as Entries<unknown>)) void this.#looks;
    return entries;
  }

  by<C extends AnyCollection>(definition: IndexDefinition<C>): Index<ItemOf<C>> {
    const known = this.#indexes.get(definition) as Index<ItemOf<C>> | undefined;
    if (known) return known;
    const index = openIndex(this, definition);
    this.#indexes.set(definition, index as Index<unknown>);
    return index;
  }

  #read<C extends AnyCollection>(of: C): Entries<ItemOf<C>> {
    const entries = entriesOf(this.#doc, of);
    this.#entries.set(of, entries as Entries<unknown>);
    if (!$effect.tracking()) return entries;
    this.#late.add(entries as Entries<unknown>);
    queueMicrotask(() => {
      this.#late.clear();
      this.#looks++;
    });
    return entries;
  }
}
