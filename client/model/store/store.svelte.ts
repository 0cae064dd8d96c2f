import type * as Y from 'yjs';
import type { AnyCollection } from '$shared/schema/collection.ts';
import { apart } from './apart.svelte.ts';
import type { Entries, ItemOf } from './entries.svelte.ts';
import { entriesOf } from './entries.svelte.ts';
import type { Collections, Index, IndexDefinition } from './index.svelte.ts';
import { openIndex } from './index.svelte.ts';

/** The collections of one document, and indexes over them. Each is loaded on first use. */
export class Store implements Collections {
  readonly #doc: Y.Doc;
  readonly #entries = new Map<AnyCollection, Entries<unknown>>();
  readonly #indexes = new Map<unknown, Index<unknown>>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  of<C extends AnyCollection>(of: C): Entries<ItemOf<C>> {
    const known = this.#entries.get(of) as Entries<ItemOf<C>> | undefined;
    if (known) return known;
    const entries = apart(() => entriesOf(this.#doc, of));
    this.#entries.set(of, entries as Entries<unknown>);
    return entries;
  }

  by<C extends AnyCollection>(definition: IndexDefinition<C>): Index<ItemOf<C>> {
    const known = this.#indexes.get(definition) as Index<ItemOf<C>> | undefined;
    if (known) return known;
    const index = apart(() => openIndex(this, definition));
    this.#indexes.set(definition, index as Index<unknown>);
    return index;
  }
}
