import type { DocumentDefinition } from '../../../shared/schema/document.ts';
import type { Log } from '../../log.ts';
import type { Store, StoredDocument } from '../../store/contract.ts';
import { messageOf } from '../../errors.ts';
import type { LiveDocument } from './live-document.ts';

export interface MigratingContext {
  readonly store: Store;
  readonly log: Log;
}

/**
 * Migrates a document that nobody has been sent yet to the layout of this server, by one edit: after a crash, the
 * document is either as before or migrated. Keeps the old state as a version first, if the document has versions.
 * Returns what is then stored.
 * @throws if the disk does not take it; the document must then be dropped
 */
export async function bringUp(
  document: LiveDocument,
  stored: StoredDocument,
  { board, room }: { readonly board: string; readonly room: string },
  { schema, includedIn, comesWithBoard }: DocumentDefinition,
  { store, log }: MigratingContext,
): Promise<StoredDocument> {
  const { version } = schema;
  const from = document.schema;
  let now = stored;
  if (from < version) {
    const name = `Before update to schema ${version}`;
    if (includedIn.versions) await store.keepVersion(room, { kind: 'before-restore', name, person: '' });
    const update = document.bringTo(schema);
    if (update) {
      const sequence = await store.append({ room, person: '', update });
      now = { ...stored, updates: [...stored.updates, update], sequence };
    }
    log.info({ board, from, to: version }, 'the document has the layout of this release now');
  }
  if (!comesWithBoard) return now;
  // The record only spares the next load a wait. A board without it opens all the same.
  await store
    .changeBoard(board, (record) => ({ ...record, schema: version }))
    .catch((error: unknown) => log.warn({ board, error: messageOf(error) }, 'schema not noted'));
  return now;
}
