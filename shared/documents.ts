import * as v from 'valibot';
import type * as Y from 'yjs';
import * as card from './collections/card.ts';
import * as emotion from './collections/emotion.ts';
import * as idea from './collections/idea.ts';
import * as lane from './collections/lane.ts';
import * as person from './collections/person.ts';
import * as persona from './collections/persona.ts';
import * as phase from './collections/phase.ts';
import type { AnyCollection } from './schema/collection.ts';
import type { Writing } from './schema/command.ts';
import { value } from './schema/field.ts';
import type { CommandsIn } from './schema/files.ts';
import { collectionsIn } from './schema/files.ts';
import type { DocumentSchema } from './schema/migration.ts';
import { migrate } from './schema/migration.ts';
import { startViews } from './views.ts';
import type * as startJourney from './workflows/start-journey.ts';

/** The files of the `board` document, one for what a collection is and what people do with it: the one list of them. */
const files = { person, phase, lane, card, persona, idea, emotion } as const;

/** Every root map of the `board` document but `meta`, by name: guard, page and docs go by it. */
export const collections = collectionsIn(files);
export type CollectionName = keyof typeof collections;

/** Every command that is one step of undo: the interface has a message for each. */
export type CommandName =
  CommandsIn<typeof files> | CommandsIn<{ startJourney: typeof startJourney }> | Writing;

/** The version of this layout; a migration on the server raises it. */
export const schemaVersion = 1;

/** This layout, and the way to it from older ones: docs/DOCUMENT.md says what a change of it takes. */
export const documentSchema: DocumentSchema = { version: schemaVersion, migrations: [] };

/** The documents of a board, by name. */
export type DocumentName = 'board';

/** The root map `meta`: facts about the document itself; only the server writes it. */
export const metaFields = {
  schema: value(v.number(), 1, 'server'),
  start: value(v.picklist(startViews), startViews[0], 'server'),
  /** The highest number that an idea had at the last rebuild, which leaves out removed ideas and so their numbers. */
  numbered: value(v.pipe(v.number(), v.integer(), v.minValue(0)), 0, 'server'),
} as const;

/** Up to which number the ideas are numbered, those that a rebuild has left out included; 0 where `meta` has no such fact. */
export function numberedUpTo(doc: Y.Doc): number {
  const parsed = v.safeParse(metaFields.numbered.schema, doc.getMap('meta').get('numbered'));
  return parsed.success ? parsed.output : metaFields.numbered.fallback;
}

/** Of which version a document says that its layout is; 1 where it does not say. */
export function schemaOf(doc: Y.Doc): number {
  const parsed = v.safeParse(metaFields.schema.schema, doc.getMap('meta').get('schema'));
  return parsed.success ? parsed.output : metaFields.schema.fallback;
}

/** Brings a document to a layout, and notes that it has it; within a transaction of the caller's. */
export function bringTo({ version, migrations }: DocumentSchema, doc: Y.Doc): void {
  migrate(doc, schemaOf(doc), migrations);
  doc.getMap('meta').set('schema', version);
}

/** The definition of a root map, or null where the document has none of that name. */
export function collectionNamed(name: string): AnyCollection | null {
  return Object.hasOwn(collections, name) ? collections[name as CollectionName] : null;
}

/** Opens all root maps, so that an update that arrives finds maps and not bare types. */
export function openRoots(doc: Y.Doc): void {
  doc.getMap('meta');
  for (const name of Object.keys(collections)) doc.getMap(name);
}
