import type * as Y from 'yjs';

/** The way from one layout of a document to the next. */
export interface Migration {
  /** The version that the layout has after it. */
  readonly to: number;
  /**
   * Changes the document, within a transaction of the caller's. Safe to run twice, on a copy from before as well as on
   * its own result: a crash or a backup may bring either. It only adds: a field that gets a new name or form keeps its
   * old one beside it, since pages put away edits of the old one.
   */
  run(doc: Y.Doc): void;
}

/** A layout of documents as one program knows it. */
export interface DocumentSchema {
  readonly version: number;
  /** The way here from older layouts, in any order. A version without one changes nothing that is stored. */
  readonly migrations: readonly Migration[];
}

/** Runs, in the order of their versions, the migrations that lead beyond the version `from`. */
export function migrate(doc: Y.Doc, from: number, migrations: readonly Migration[]): void {
  const due = migrations.filter(({ to }) => to > from).sort((a, b) => a.to - b.to);
  for (const migration of due) migration.run(doc);
}
