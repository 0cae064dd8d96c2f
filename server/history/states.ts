import * as Y from 'yjs';
import { openRoots } from '../../shared/documents.ts';

/** A document of its state, which may have a gap: parts that wait for updates which were lost, and read as nothing. */
export function openState(state: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  openRoots(doc);
  Y.applyUpdate(doc, state);
  return doc;
}

export function isWhole({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null;
}

/** @throws where the state has a gap */
export function openWhole(state: Uint8Array): Y.Doc {
  const doc = openState(state);
  if (!isWhole(doc)) throw new Error('the state has a gap');
  return doc;
}
