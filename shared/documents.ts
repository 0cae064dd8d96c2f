import * as v from 'valibot';
import type * as Y from 'yjs';
import * as card from './collections/card.ts';
import * as emotion from './collections/emotion.ts';
import * as idea from './collections/idea.ts';
import * as lane from './collections/lane.ts';
import * as person from './collections/person.ts';
import * as persona from './collections/persona.ts';
import * as phase from './collections/phase.ts';
import type { Writing } from './schema/command.ts';
import type { DocumentDefinition } from './schema/document.ts';
import { everyone, openDocument, schemaField, withPower } from './schema/document.ts';
import { value } from './schema/field.ts';
import type { CommandsIn } from './schema/files.ts';
import { collectionsIn } from './schema/files.ts';
import type { DocumentSchema } from './schema/migration.ts';
import { startViews } from './views.ts';
import type * as startJourney from './workflows/start-journey.ts';

/** The files of the `board` document, one for what a collection is and what people do with it: the one list of them. */
const files = { person, phase, lane, card, persona, idea, emotion } as const;

/** Every root map of the `board` document but `meta`, by name. */
export const collections = collectionsIn(files);

/** Every command that is one step of undo: the interface has a message for each. */
export type CommandName =
  CommandsIn<typeof files> | CommandsIn<{ startJourney: typeof startJourney }> | Writing;

/** The version of the layout of `board`; a migration on the server raises it. */
export const schemaVersion = 1;

/** This layout, and the way to it from older ones: docs/DOCUMENT.md says what a change of it takes. */
export const documentSchema: DocumentSchema = { version: schemaVersion, migrations: [] };

/** The documents of a board, by name. */
export type DocumentName = 'board';

/** The root map `meta` of `board`: facts about the document itself; only the server writes it. */
export const metaFields = {
  schema: schemaField,
  start: value(v.picklist(startViews), startViews[0], 'server'),
  /** The highest number that an idea had at the last rebuild, which leaves out removed ideas and so their numbers. */
  numbered: value(v.pipe(v.number(), v.integer(), v.minValue(0)), 0, 'server'),
} as const;

/** Up to which number the ideas are numbered, those that a rebuild has left out included; 0 where `meta` has no such fact. */
export function numberedUpTo(doc: Y.Doc): number {
  const parsed = v.safeParse(metaFields.numbered.schema, doc.getMap('meta').get('numbered'));
  return parsed.success ? parsed.output : metaFields.numbered.fallback;
}

/** The map, the ideas and all else that everybody on a board sees. It comes with the board, and each board has it. */
export const board: DocumentDefinition & { readonly collections: typeof collections } = {
  name: 'board',
  collections,
  meta: metaFields,
  schema: documentSchema,
  reads: everyone,
  writes: withPower('write'),
  includedIn: { versions: true, roomReports: true, admin: true, download: true },
  comesWithBoard: true,
};

/** All documents that a board may have: the one list that server and page go by. */
export const documents: readonly DocumentDefinition[] = [board];

/** Opens all root maps of a `board` document. */
export function openRoots(doc: Y.Doc): void {
  openDocument(doc, board);
}
