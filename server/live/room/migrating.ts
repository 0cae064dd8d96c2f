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
 * Brings a document that nobody has been told of to the layout of this server, by one edit: after a crash it is as
 * before, or done. What was there is kept as a version first, if versions are kept of it. Returns what is stored then.
 * @throws where the disk does not take it; the document is of no use any more
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
  // Only spares the next opening the wait: a board whose record lacks it opens all the same.
  await store
    .changeBoard(board, (record) => ({ ...record, schema: version }))
    .catch((error: unknown) => log.warn({ board, error: messageOf(error) }, 'schema not noted'));
  return now;
}
