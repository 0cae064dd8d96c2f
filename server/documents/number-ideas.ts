import type * as Y from 'yjs';
import { numberedUpTo } from '../../shared/documents.ts';
import { parseRecord } from '../../shared/schema/collection.ts';
import { rootOf, storedRecord } from '../../shared/schema/read.ts';
import { ideas } from '../../shared/collections/idea.ts';
import type { RecordsMade, ServerPast, ServerWork } from './work.ts';

/**
 * Gives each idea the next number, once, in the transaction that brings the idea: two people who add
 * at the same time get two numbers, and no number is given twice, not even that of a removed idea, or of one that
 * a rebuild has left out.
 */
export class IdeaNumbers implements ServerWork {
  readonly #doc: Y.Doc;
  #last: number | null = null;
  #waiting: string[] = [];

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Notes the ideas that an update has made: they may need a number. */
  applied(made: RecordsMade): void {
    this.#waiting.push(...made(ideas.name));
  }

  /** Notes all ideas without one: those of a template, which no client has added. */
  opened(): void {
    for (const id of rootOf(this.#doc, ideas).keys()) if (this.#numberOf(id) === 0) this.#waiting.push(id);
  }

  /** Writes the numbers. */
  finish(): void {
    for (const id of this.#waiting) {
      const idea = storedRecord(this.#doc, ideas, id);
      if (!idea || this.#numberOf(id) !== 0) continue;
      this.#last = (this.#last ?? this.#highest()) + 1;
      idea.set('number', this.#last);
    }
    this.#waiting = [];
  }

  /** Ideas that come back with a number that another has by now give way. */
  restoring(): () => void {
    const before = this.#numbers();
    return () => this.#giveWay(before);
  }

  #numbers(): ReadonlyMap<string, number> {
    return new Map([...rootOf(this.#doc, ideas).keys()].map((id) => [id, this.#numberOf(id)]));
  }

  /** @param before the numbers from before they came back */
  #giveWay(before: ReadonlyMap<string, number>): void {
    // They may have brought higher ones than any that was given since.
    this.#last = null;
    const taken = new Set(before.values());
    for (const [id, number] of this.#numbers()) {
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

/** See `IdeaNumbers`. */
export const numberIdeas = (doc: Y.Doc): ServerWork => new IdeaNumbers(doc);

/** No other idea is given a number that a rebuild has left out, so an idea that comes back has its own again. */
export const ideaNumbersPast: ServerPast = {
  mayReturn(now) {
    const upTo = numberedUpTo(now);
    const taken = new Set(
      [...rootOf(now, ideas)].map(([id, stored]) => parseRecord(ideas, id, stored)?.number),
    );
    return (number) => typeof number === 'number' && number <= upTo && !taken.has(number);
  },
  rebuilt(old, fresh) {
    const numbered = highestNumber(old);
    if (numbered > numberedUpTo(old)) fresh.getMap('meta').set('numbered', numbered);
  },
};

/** Of all ideas, removed ones too: no number is given twice. */
function highestNumber(doc: Y.Doc): number {
  let highest = 0;
  for (const [id, stored] of rootOf(doc, ideas))
    highest = Math.max(highest, parseRecord(ideas, id, stored)?.number ?? 0);
  return highest;
}
