import type * as Y from 'yjs';

/** True if no edit in a document waits for a missing base. */
export function isWhole({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null;
}
