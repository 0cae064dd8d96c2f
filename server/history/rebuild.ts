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

/** What a document costs. */
export interface DocumentSize {
  /** As one Yjs update. */
  readonly bytes: number;
  /** Yjs client ids that it keeps. */
  readonly clientIds: number;
  /** Records of all collections, removed ones included, and values. */
  readonly entries: number;
}

export interface Rebuilt {
  /** The new document as one Yjs update. */
  readonly state: Uint8Array;
  readonly before: DocumentSize;
  readonly after: DocumentSize;
  /** Whether all of the old document could be read: false where parts of it wait for updates which were lost. */
  readonly isWhole: boolean;
}

/**
 * A document anew, of what can be read of it and of nothing else. Yjs forgets neither a client id nor a deletion, and
 * a removed record stays as well; the new document has one client id, which the old one never had, and no past.
 *
 * Entries keep their keys, so versions of the old document can be restored into the new one. Records that are `gone`
 * are left out, and malformed entries and fields too, which read as their defaults before and after. References to
 * records that were left out stay: they lead to nothing, as before, and lead to the record again when a version
 * brings it back.
 * @param state the document as one Yjs update; it may have an older layout
 * @throws where its layout is newer
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

/** An empty document under a client id that the other does not have: among 200,000 ids one in 20,000 would meet. */
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

/** A record anew: every text and set as it reads, and the plain values that are stored and well formed. */
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
        // What is not stored stays so, and reads as the default of the day.
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
