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
import type * as restoreRecords from './workflows/restore-records.ts';
import type * as startJourney from './workflows/start-journey.ts';

/** The files of the `board` document. Each defines a collection and its commands. This is the only list of them. */
const files = { person, phase, lane, card, persona, idea, emotion } as const;

/** Every root map of the `board` document except `meta`, by name. */
export const collections = collectionsIn(files);

/** Every command that is one step of undo. The interface has a message for each. */
export type CommandName =
  | CommandsIn<typeof files>
  | CommandsIn<{ restoreRecords: typeof restoreRecords; startJourney: typeof startJourney }>
  | Writing;

/** The version of the layout of `board`. A migration on the server raises it. */
export const schemaVersion = 1;

/** This layout, and the migrations from older ones. docs/DOCUMENT.md describes how to change it. */
export const documentSchema: DocumentSchema = { version: schemaVersion, migrations: [] };

/** The documents of a board, by name. */
export type DocumentName = 'board';

/** The root map `meta` of `board`: facts about the document itself. Only the server writes it. */
export const metaFields = {
  schema: schemaField,
  start: value(v.picklist(startViews), startViews[0], 'server'),
  /** The highest number of any idea at the last rebuild. A rebuild leaves out removed ideas, and thus their numbers. */
  numbered: value(v.pipe(v.number(), v.integer(), v.minValue(0)), 0, 'server'),
} as const;

/** The highest number given to an idea, including ideas that a rebuild has left out; 0 if `meta` has no such fact. */
export function numberedUpTo(doc: Y.Doc): number {
  const parsed = v.safeParse(metaFields.numbered.schema, doc.getMap('meta').get('numbered'));
  return parsed.success ? parsed.output : metaFields.numbered.fallback;
}

/** The map, the ideas and everything else that all people on a board see. Every board has it from the start. */
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

/** All documents that a board may have: the only list, used by server and page. */
export const documents: readonly DocumentDefinition[] = [board];

/** Opens all root maps of a `board` document. */
export function openRoots(doc: Y.Doc): void {
  openDocument(doc, board);
}
