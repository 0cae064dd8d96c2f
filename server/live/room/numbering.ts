import type * as Y from 'yjs';
import { numberedUpTo } from '../../../shared/documents.ts';
import { rootOf, storedRecord } from '../../../shared/schema/read.ts';
import { ideas } from '../../../shared/collections/idea.ts';

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

  /** The number of each idea. */
  numbers(): ReadonlyMap<string, number> {
    return new Map([...rootOf(this.#doc, ideas).keys()].map((id) => [id, this.#numberOf(id)]));
  }

  /**
   * Ideas that came back with a number that another has by now give way; within a transaction.
   * @param before the numbers from before they came back
   */
  giveWay(before: ReadonlyMap<string, number>): void {
    // They may have brought higher ones than any that was given since.
    this.#last = null;
    const taken = new Set(before.values());
    for (const [id, number] of this.numbers()) {
      if (number === 0 || number === before.get(id)) continue;
      if (taken.has(number)) {
        this.#last = this.#last ?? this.#highest();
        storedRecord(this.#doc, ideas, id)?.set('number', before.get(id) || ++this.#last);
      }
      taken.add(number);
    }
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
