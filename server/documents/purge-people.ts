import type * as Y from 'yjs';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { rootOf } from '../../shared/schema/read.ts';
import { idsNamed } from '../../shared/schema/references.ts';
import { people } from '../../shared/collections/person.ts';
import { searchPause } from '../live/limits.ts';
import type { Terms } from './work.ts';

/** Takes people out of a document whom nothing shows any more: they are not here, and no record names them. */
export class PurgePeople {
  readonly #doc: Y.Doc;
  readonly #definition: DocumentDefinition;
  /** Those whom a record names; null where the document has changed since they were looked for. */
  #named: ReadonlySet<string> | null = null;
  /** Not before this time are they looked for again. */
  #searchAt = -Infinity;

  constructor(doc: Y.Doc, definition: DocumentDefinition) {
    this.#doc = doc;
    this.#definition = definition;
    doc.on('update', () => (this.#named = null));
  }

  /** Takes out all who can go, within a transaction: the search reads the whole document, too much for each newcomer. */
  run(terms: Terms): void {
    const named = this.#findNamed(terms);
    if (!named) return;
    const root = rootOf(this.#doc, people);
    const staying = terms.present();
    for (const person of [...root.keys()])
      if (!staying.has(person) && !named.has(person)) root.delete(person);
  }

  /** Whom a record names that is not removed; null where it is too early to look for them again. */
  #findNamed(terms: Terms): ReadonlySet<string> | null {
    // What this transaction has done so far is not told yet.
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
