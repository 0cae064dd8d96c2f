import type * as Y from 'yjs';
import { restored } from './pending-edits.ts';
import type { Touched } from './touched.ts';
import { Touches } from './touched.ts';

/**
 * What this person has changed since all was last on disk. If the server refuses an edit, the board starts anew from
 * the server's state, and this is shown: nobody loses what they typed, and everybody hears what was not taken.
 */
export class Unsaved {
  readonly #doc: Y.Doc;
  readonly #touches: Touches;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    this.#touches = new Touches(doc);
    doc.on('afterTransaction', this.#note);
  }

  /** The records that were changed, as they read now. */
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
