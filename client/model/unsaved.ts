import * as Y from 'yjs';
import { restored } from './offline.ts';

/**
 * The texts this person has written in since all was last on disk. If the server refuses an edit, the
 * board starts anew from the server's state, and these are shown so that nobody loses what they typed.
 */
export class Unsaved {
  readonly #doc: Y.Doc;
  readonly #touched = new Set<Y.Text>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    doc.on('afterTransaction', this.#note);
  }

  /** What these texts read now. */
  texts(): string[] {
    return [...this.#touched].map((text) => text.toJSON().trim()).filter((text) => text !== '');
  }

  clear(): void {
    this.#touched.clear();
  }

  close(): void {
    this.#doc.off('afterTransaction', this.#note);
  }

  #note = (transaction: Y.Transaction) => {
    if (!transaction.local && transaction.origin !== restored) return;
    for (const type of transaction.changed.keys()) if (type instanceof Y.Text) this.#touched.add(type);
  };
}
