import type * as Y from 'yjs';
import { restored } from './pending-edits.ts';
import type { Touched } from './touched.ts';
import { Touches } from './touched.ts';

/**
 * This person's changes since everything was last on disk. If the server refuses an edit, the board starts over from
 * the server's state, and the page shows these changes. So nobody loses what they typed, and everyone learns what was
 * not taken.
 */
export class Unsaved {
  readonly #doc: Y.Doc;
  readonly #touches: Touches;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    this.#touches = new Touches(doc);
    doc.on('afterTransaction', this.#note);
  }

  /** The changed records, with their current content. */
  read(): readonly Touched[] {
    return this.#touches.read();
  }

  clear(): void {
    this.#touches.clear();
  }

  close(): void {
    this.#doc.off('afterTransaction', this.#note);
  }

  #note = (transaction: Y.Transaction) => {
    if (transaction.local || transaction.origin === restored) this.#touches.note(transaction);
  };
}
