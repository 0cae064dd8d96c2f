import type * as Y from 'yjs';
import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import { collectionIn } from '../../../shared/schema/document.ts';
import { rootOf, storedRecord } from '../../../shared/schema/read.ts';
import type { Change } from './changes.ts';

interface Counted {
  /** The keys of all live entries. */
  readonly there: Set<string>;
  /** Keys to check again because an accepted update has touched them. */
  readonly touched: Set<string>;
}

/**
 * The live entries of each collection: records that are not removed, and values whose key is set. A collection is
 * walked on first use, which happens only near its limit. After that, only entries touched by updates are checked
 * again.
 */
export class LiveEntries {
  readonly #doc: Y.Doc;
  readonly #definition: DocumentDefinition;
  readonly #counted = new Map<string, Counted>();

  constructor(doc: Y.Doc, definition: DocumentDefinition) {
    this.#doc = doc;
    this.#definition = definition;
  }

  /** The keys of a collection's live entries. */
  of(root: string): ReadonlySet<string> {
    const { there, touched } = this.#counted.get(root) ?? this.#walk(root);
    for (const key of touched) {
      if (this.#isThere(root, key)) there.add(key);
      else there.delete(key);
    }
    touched.clear();
    return there;
  }

  /** Notes the changes of an update that is about to be applied. */
  note(changes: readonly Change[]): void {
    if (this.#counted.size === 0) return;
    for (const { home, key } of changes) {
      const entry = home.depth === 0 ? key : home.depth === 1 && key === 'gone' ? home.key : null;
      if (entry !== null) this.#counted.get(home.root)?.touched.add(entry);
    }
  }

  /** Call this when the document was changed without `note`. */
  forget(): void {
    this.#counted.clear();
  }

  #walk(root: string): Counted {
    const there = new Set<string>();
    for (const key of rootOf(this.#doc, { name: root }).keys()) if (this.#isThere(root, key)) there.add(key);
    const counted = { there, touched: new Set<string>() };
    this.#counted.set(root, counted);
    return counted;
  }

  #isThere(name: string, key: string): boolean {
    if (collectionIn(this.#definition, name)?.kind === 'values') return rootOf(this.#doc, { name }).has(key);
    const record = storedRecord(this.#doc, { name }, key);
    return record !== null && record.get('gone') !== true;
  }
}
