import type * as Y from 'yjs';

/** A migration from one layout of a document to the next. */
export interface Migration {
  /** The layout version after it. */
  readonly to: number;
  /**
   * Changes the document, within the caller's transaction. Must be safe to run twice, both on a copy from before and on
   * its own result, since a crash or a backup may bring either. It may only add: a field with a new name or form keeps
   * the old one beside it, since pages store edits of the old one.
   */
  run(doc: Y.Doc): void;
}

/** A document layout as one program knows it. */
export interface DocumentSchema {
  readonly version: number;
  /** The migrations from older layouts, in any order. A version without one changes nothing that is stored. */
  readonly migrations: readonly Migration[];
}

/** Runs the migrations beyond the version `from`, in the order of their versions. */
export function migrate(doc: Y.Doc, from: number, migrations: readonly Migration[]): void {
  const due = migrations.filter(({ to }) => to > from).sort((a, b) => a.to - b.to);
  for (const migration of due) migration.run(doc);
}
