import type * as Y from 'yjs';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import type { Membership } from '../access/membership.ts';

/** On what terms somebody is written into a document. */
export interface Terms {
  /** Who is here. */
  present(): ReadonlySet<string>;
  /** Takes one of those who may be written today for the first time; false where there is none left. */
  admit(): boolean;
  /** Takes one of the times that this person's name and colour may change today; false where there is none left. */
  rename(): boolean;
  /** Charges the newcomer for the server's own time, in milliseconds. */
  charge(ms: number): void;
  /** Milliseconds, by the clock of the room. */
  now(): number;
}

/** The ids of the records of a collection that an update has made. */
export type RecordsMade = (collection: string) => readonly string[];

/**
 * What the server itself writes into a document while it is open: one thing it does, with its memory of that document.
 * Each part runs within a transaction of the room, so what it writes is saved and relayed with what it answers.
 */
export interface ServerWork {
  /** The document is open, can be written again after a failure, or has an update of the server's own. */
  opened?(): void;
  /** An update of somebody's was applied. */
  applied?(made: RecordsMade): void;
  /** Edits that the server had lost are about to come back. Returns what is to be done when they are in. */
  restoring?(): () => void;
  /** Somebody has come who may stay only if this returns true. */
  joined?(membership: Membership, terms: Terms): boolean;
  /** The last of each transaction. */
  finish?(): void;
}

/** What the server sees to where an earlier state of a document comes back, or a document is made anew. */
export interface ServerPast {
  /** Whether a value that the server gave may come back with its record, into the document as it is now. */
  mayReturn(now: Y.Doc): (value: unknown) => boolean;
  /** Notes in a rebuilt document what is known of the old one beside its content; within a transaction. */
  rebuilt(old: Y.Doc, fresh: Y.Doc): void;
}

/** A document as this server keeps it: what it is, and what the server does for it. */
export interface ServedDocument extends DocumentDefinition {
  /** Each is begun when such a document is opened. */
  readonly work: readonly ((doc: Y.Doc, definition: DocumentDefinition) => ServerWork)[];
  /** Left out: no value that the server gave comes back, and nothing is noted. */
  readonly past?: ServerPast;
}

/** All that the server does for one document, in the order of its list. */
export class AllWork implements Required<ServerWork> {
  readonly #all: readonly ServerWork[];

  constructor(doc: Y.Doc, served: ServedDocument) {
    this.#all = served.work.map((begin) => begin(doc, served));
  }

  opened(): void {
    for (const work of this.#all) work.opened?.();
  }

  applied(made: RecordsMade): void {
    for (const work of this.#all) work.applied?.(made);
  }

  restoring(): () => void {
    const ends = this.#all.map((work) => work.restoring?.());
    return () => {
      for (const end of ends) end?.();
    };
  }

  joined(membership: Membership, terms: Terms): boolean {
    return this.#all.every((work) => work.joined?.(membership, terms) ?? true);
  }

  finish(): void {
    for (const work of this.#all) work.finish?.();
  }
}
