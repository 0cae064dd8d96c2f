import type * as Y from 'yjs';
import { numberedUpTo, rootOf, storedRecord } from '../../shared/board/document.ts';
import { ideas } from '../../shared/board/idea.ts';

/**
 * Gives each idea the next number, once, in the transaction that brings the idea: two people who add
 * at the same time get two numbers, and no number is given twice, not even that of a removed idea, or of one that
 * a rebuild has left out.
 */
export class Numbering {
  readonly #doc: Y.Doc;
  #last: number | null = null;
  #waiting: string[] = [];

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Notes ideas that may need a number. */
  notice(ids: readonly string[]): void {
    this.#waiting.push(...ids);
  }

  /** Notes all ideas without one: those of a template, which no client has added. */
  noticeAll(): void {
    for (const id of rootOf(this.#doc, ideas).keys()) if (this.#numberOf(id) === 0) this.#waiting.push(id);
  }

  /** Writes the numbers; within a transaction. */
  assign(): void {
    for (const id of this.#waiting) {
      const idea = storedRecord(this.#doc, ideas, id);
      if (!idea || this.#numberOf(id) !== 0) continue;
      this.#last = (this.#last ?? this.#highest()) + 1;
      idea.set('number', this.#last);
    }
    this.#waiting = [];
  }

  #highest(): number {
    let highest = numberedUpTo(this.#doc);
    for (const id of rootOf(this.#doc, ideas).keys()) highest = Math.max(highest, this.#numberOf(id));
    return highest;
  }

  #numberOf(id: string): number {
    const number = storedRecord(this.#doc, ideas, id)?.get('number');
    return typeof number === 'number' ? number : 0;
  }
}
