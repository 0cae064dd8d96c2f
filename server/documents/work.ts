import type * as Y from 'yjs';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import type { Membership } from '../access/membership.ts';

/** The conditions for writing a person into a document. */
export interface Terms {
  /** The people present. */
  present(): ReadonlySet<string>;
  /** Uses up one of today's new people; false if none is left. */
  admit(): boolean;
  /** Uses up one of today's changes of this person's name and colour; false if none is left. */
  rename(): boolean;
  /** Charges the newcomer for server time, in milliseconds. */
  charge(ms: number): void;
  /** Milliseconds, by the clock of the room. */
  now(): number;
}

/** The ids of the records in a collection that an update has created. */
export type RecordsMade = (collection: string) => readonly string[];

/**
 * One kind of content that the server itself writes into an open document, with its state for that document. Each
 * method runs within a transaction of the room, so its changes are saved and relayed together with what caused them.
 */
export interface ServerWork {
  /** The document was opened, is writable again after a failure, or has an update of the server itself. */
  opened?(): void;
  /** An update of a person was applied. */
  applied?(made: RecordsMade): void;
  /** Lost edits are about to be restored. Returns a function to call when they are in. */
  restoring?(): () => void;
  /** A person has joined, who may stay only if this returns true. */
  joined?(membership: Membership, terms: Terms): boolean;
  /** Called last in each transaction. */
  finish?(): void;
}

/** The server's part when an earlier state of a document is restored or a document is rebuilt. */
export interface ServerPast {
  /** Returns a test of whether a value set by the server may come back with its record, given the current document. */
  mayReturn(now: Y.Doc): (value: unknown) => boolean;
  /** Copies to a rebuilt document what is known of the old one besides its content; within a transaction. */
  rebuilt(old: Y.Doc, fresh: Y.Doc): void;
}

/** A document definition with the server's work for it. */
export interface ServedDocument extends DocumentDefinition {
  /** Each one is created when such a document is opened. */
  readonly work: readonly ((doc: Y.Doc, definition: DocumentDefinition) => ServerWork)[];
  /** If omitted, no value set by the server comes back, and nothing is copied. */
  readonly past?: ServerPast;
}

/** All of the server's work for one document, in the order of its list. */
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
