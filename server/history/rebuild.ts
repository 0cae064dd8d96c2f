import * as v from 'valibot';
import * as Y from 'yjs';
import type { Collection, ValueCollection } from '../../shared/schema/collection.ts';
import { buildRecord, parseRecord, parseValue } from '../../shared/schema/collection.ts';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { openDocument } from '../../shared/schema/document.ts';
import type { ServedDocument } from '../documents/work.ts';
import { rootOf } from '../../shared/schema/read.ts';
import type { Field } from '../../shared/schema/field.ts';
import { isWhole, openState } from './states.ts';

/** The size of a document. */
export interface DocumentSize {
  /** As one Yjs update. */
  readonly bytes: number;
  /** The number of Yjs client ids. */
  readonly clientIds: number;
  /** Records of all collections, including removed ones, and values. */
  readonly entries: number;
}

export interface Rebuilt {
  /** The new document as one Yjs update. */
  readonly state: Uint8Array;
  readonly before: DocumentSize;
  readonly after: DocumentSize;
  /** False if parts of the old document could not be read because they wait for lost updates. */
  readonly isWhole: boolean;
}

/**
 * Builds a document again from its readable content only. Yjs forgets neither a client id nor a deletion, and a removed
 * record stays as well. The new document has one client id, which the old one never had, and no history.
 *
 * Entries keep their keys, so versions of the old document can be restored into the new one. Records that are `gone`
 * are omitted, as are malformed entries and fields, which read as their defaults before and after. References to
 * omitted records stay: they lead nowhere, as before, and lead to the record again if a version restores it.
 * @param state the document as one Yjs update; it may have an older layout
 * @throws if its layout is newer
 */
export function rebuild(served: ServedDocument, state: Uint8Array): Rebuilt {
  const old = openState(state, served);
  const fresh = emptyBeside(old, served);
  try {
    fresh.transact(() => {
      copyMeta(served, old, fresh);
      served.past?.rebuilt(old, fresh);
      for (const of of Object.values(served.collections)) {
        if (of.kind === 'records') copyRecords(of, rootOf(old, of), rootOf(fresh, of));
        else copyValues(of, rootOf(old, of), rootOf(fresh, of));
      }
    });
    const rebuilt = Y.encodeStateAsUpdate(fresh);
    return {
      state: rebuilt,
      before: sizeOf(served, old, state),
      after: sizeOf(served, fresh, rebuilt),
      isWhole: isWhole(old),
    };
  } finally {
    old.destroy();
    fresh.destroy();
  }
}

/** An empty document with a client id that the other does not have: among 200,000 ids, one in 20,000 would collide. */
function emptyBeside(old: Y.Doc, definition: DocumentDefinition): Y.Doc {
  let fresh = new Y.Doc();
  while (old.store.clients.has(fresh.clientID)) fresh = new Y.Doc();
  openDocument(fresh, definition);
  return fresh;
}

function copyMeta({ meta }: DocumentDefinition, old: Y.Doc, fresh: Y.Doc): void {
  const [from, to] = [old.getMap('meta'), fresh.getMap('meta')];
  for (const [name, { schema }] of Object.entries(meta)) {
    const stored = from.get(name);
    if (v.is(schema, stored)) to.set(name, stored);
  }
}

function copyRecords(of: Collection, from: Y.Map<unknown>, to: Y.Map<unknown>): void {
  for (const [id, stored] of from) {
    if (stored instanceof Y.Map && !parseRecord(of, id, stored)?.gone) to.set(id, copyOf(of, stored));
  }
}

/** A copy of a record: each text and set as it reads, and the valid plain values that are stored. */
function copyOf(of: Collection, stored: Y.Map<unknown>): Y.Map<unknown> {
  const read = new Map<string, unknown>(Object.entries(parseRecord(of, '', stored) ?? {}));
  const copy = buildRecord(of, {});
  for (const [name, field] of Object.entries<Field>(of.fields)) {
    const value = read.get(name);
    switch (field.kind) {
      case 'text':
        if (typeof value === 'string' && value !== '') copy.set(name, new Y.Text(value));
        break;
      case 'set':
        if (Array.isArray(value)) copy.set(name, new Y.Map(value.map((id) => [String(id), true])));
        break;
      case 'value':
        // A missing value stays missing, and reads as the current default.
        if (name !== 'gone' && stored.has(name) && v.is(field.schema, stored.get(name)))
          copy.set(name, value);
    }
  }
  return copy;
}

function copyValues(of: ValueCollection, from: Y.Map<unknown>, to: Y.Map<unknown>): void {
  for (const [key, stored] of from) {
    const value = parseValue(of, stored);
    if (value !== null) to.set(key, value);
  }
}

function sizeOf({ collections }: DocumentDefinition, doc: Y.Doc, state: Uint8Array): DocumentSize {
  const entries = Object.values(collections).reduce((sum, of) => sum + rootOf(doc, of).size, 0);
  return { bytes: state.byteLength, clientIds: doc.store.clients.size, entries };
}
