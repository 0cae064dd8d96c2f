import type * as Y from 'yjs';
import { numberedUpTo } from '../../shared/documents.ts';
import { parseRecord } from '../../shared/schema/collection.ts';
import { rootOf, storedRecord } from '../../shared/schema/read.ts';
import { ideas } from '../../shared/collections/idea.ts';
import type { RecordsMade, ServerPast, ServerWork } from './work.ts';

/**
 * Gives each new idea the next number once, in the transaction that adds it. Two people who add at the same time get
 * two numbers. No number is used twice, not even that of a removed idea or of one that a rebuild omitted.
 */
export class IdeaNumbers implements ServerWork {
  readonly #doc: Y.Doc;
  #last: number | null = null;
  #waiting: string[] = [];

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Notes the ideas that an update created: they may need a number. */
  applied(made: RecordsMade): void {
    this.#waiting.push(...made(ideas.name));
  }

  /** Notes all ideas without a number: those of a template, which no client added. */
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

  /** Restored ideas with a number that another idea has by now get another one. */
  restoring(): () => void {
    const before = this.#numbers();
    return () => this.#giveWay(before);
  }

  #numbers(): ReadonlyMap<string, number> {
    return new Map([...rootOf(this.#doc, ideas).keys()].map((id) => [id, this.#numberOf(id)]));
  }

  /** @param before the numbers before the restore */
  #giveWay(before: ReadonlyMap<string, number>): void {
    // They may have higher numbers than any given since.
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

/** No new idea gets a number that a rebuild omitted, so a restored idea gets its own number back. */
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

/** Includes removed ideas, because no number is used twice. */
function highestNumber(doc: Y.Doc): number {
  let highest = 0;
  for (const [id, stored] of rootOf(doc, ideas))
    highest = Math.max(highest, parseRecord(ideas, id, stored)?.number ?? 0);
  return highest;
}
