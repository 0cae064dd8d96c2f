import * as Y from 'yjs';
import { served } from '../../server/documents/served.ts';
import type { ServedDocument } from '../../server/documents/work.ts';
import { board } from '../../shared/documents.ts';
import { buildRecord, records } from '../../shared/schema/collection.ts';
import type { DocumentDefinition } from '../../shared/schema/document.ts';
import { everyone, inRole, itsPerson, openDocument, schemaField } from '../../shared/schema/document.ts';
import { text } from '../../shared/schema/field.ts';
import { rootOf, textOf } from '../../shared/schema/read.ts';

/** A collection that no document of the product has. */
export const notes = records('notes', { about: 'trials', add: 'write', fields: { text: text(1_000) } });

const nothing = { versions: false, roomReports: false, admin: false, download: false };
const shared = {
  collections: { notes },
  meta: { schema: schemaField },
  schema: { version: 1, migrations: [] },
};

/** A private document for each person. */
export const draft: DocumentDefinition = {
  ...shared,
  name: 'draft/<person>',
  reads: itsPerson,
  writes: itsPerson,
  includedIn: nothing,
};

/** A document for everybody except observers. */
export const research: DocumentDefinition = {
  ...shared,
  name: 'research',
  reads: inRole('facilitator', 'participant'),
  writes: inRole('facilitator', 'participant'),
  includedIn: { versions: true, roomReports: true, admin: true, download: true },
};

/** A document that facilitators write and everybody reads. */
export const minutes: DocumentDefinition = {
  ...shared,
  name: 'minutes',
  reads: everyone,
  writes: inRole('facilitator'),
  includedIn: nothing,
};

/** The documents of a test server: these and `board`. */
export const trialDocuments: readonly ServedDocument[] = [board, draft, research, minutes].map(served);

/** A document with one note, written under a client id. */
export function noteOf(id: string, words: string, client: number): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = client;
  openDocument(doc, draft);
  doc.transact(() => rootOf(doc, notes).set(id, buildRecord(notes, { text: words })));
  return doc;
}

/** The text of a note, or null if the document does not have it. */
export function wordsOf(doc: Y.Doc, id: string): string | null {
  return textOf(doc, notes, id, 'text')?.toJSON() ?? null;
}
