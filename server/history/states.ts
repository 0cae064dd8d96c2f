import * as Y from 'yjs';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { bringTo, openDocument, schemaOf } from '../../shared/schema/document.ts';

/**
 * Opens a document from its state, migrated if its layout is older. It may have a gap: parts that wait for lost
 * updates, and read as nothing.
 * @throws if its layout is newer
 */
export function openState(state: Uint8Array, definition: DocumentDefinition): Y.Doc {
  const { schema } = definition;
  const doc = documentOf(state, definition);
  const found = schemaOf(doc);
  if (found > schema.version) throw new Error('the state is of a newer release');
  if (found < schema.version) doc.transact(() => bringTo(schema, doc));
  return doc;
}

export function isWhole({ store }: Y.Doc): boolean {
  return store.pendingStructs === null && store.pendingDs === null;
}

/** @throws if the state has a gap, or a newer layout */
export function openWhole(state: Uint8Array, definition: DocumentDefinition): Y.Doc {
  const doc = openState(state, definition);
  if (!isWhole(doc)) throw new Error('the state has a gap');
  return doc;
}

/**
 * Opens the document that an edit is made for. It must be stored in the current layout; otherwise the edit would depend
 * on a migration in memory that nobody else has.
 * @throws if the state has a gap, or another layout
 */
export function openPresent(state: Uint8Array, definition: DocumentDefinition): Y.Doc {
  const doc = documentOf(state, definition);
  if (!isWhole(doc)) throw new Error('the state has a gap');
  if (schemaOf(doc) !== definition.schema.version) throw new Error('the document has another layout');
  return doc;
}

function documentOf(state: Uint8Array, definition: DocumentDefinition): Y.Doc {
  const doc = new Y.Doc();
  openDocument(doc, definition);
  Y.applyUpdate(doc, state);
  return doc;
}
