import type * as Y from 'yjs';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { rootOf } from '../../shared/schema/read.ts';
import { idsNamed } from '../../shared/schema/references.ts';
import { people } from '../../shared/collections/person.ts';
import { searchPause } from '../live/limits.ts';
import type { Terms } from './work.ts';

/** Removes people from a document whom nothing shows any more: they are absent, and no record names them. */
export class PurgePeople {
  readonly #doc: Y.Doc;
  readonly #definition: DocumentDefinition;
  /** People whom a record names; null if the document has changed since the search. */
  #named: ReadonlySet<string> | null = null;
  /** The earliest time of the next search. */
  #searchAt = -Infinity;

  constructor(doc: Y.Doc, definition: DocumentDefinition) {
    this.#doc = doc;
    this.#definition = definition;
    doc.on('update', () => (this.#named = null));
  }

  /**
   * Removes everybody removable in one pass, within a transaction. The search reads the whole document, too much for
   * each newcomer.
   */
  run(terms: Terms): void {
    const named = this.#findNamed(terms);
    if (!named) return;
    const root = rootOf(this.#doc, people);
    const staying = terms.present();
    for (const person of [...root.keys()])
      if (!staying.has(person) && !named.has(person)) root.delete(person);
  }

  /** People named by a record that is not removed; null if it is too early for another search. */
  #findNamed(terms: Terms): ReadonlySet<string> | null {
    // The changes of the current transaction are not reported yet.
    const isChanging = (this.#doc._transaction?.changed.size ?? 0) > 0;
    if (this.#named && !isChanging) return this.#named;
    if (terms.now() < this.#searchAt) return null;
    const began = performance.now();
    this.#named = idsNamed(this.#doc, Object.values(this.#definition.collections), people.name);
    const tookMs = performance.now() - began;
    this.#searchAt = terms.now() + tookMs * searchPause;
    terms.charge(tookMs);
    return this.#named;
  }
}
