import { preview } from '../../server/history/preview.ts';
import { rebuild } from '../../server/history/rebuild.ts';
import { removeAdded } from '../../server/history/removal.ts';
import { restore } from '../../server/history/restore.ts';
import type { HistoryWork } from '../../server/history/work.ts';
import { documentSchema } from '../../shared/documents.ts';
import type { DocumentSchema } from '../../shared/schema/migration.ts';

const soon = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);

/** The work on whole documents, done at once and without a thread; for documents of a layout. */
export function workOn(schema: DocumentSchema): HistoryWork {
  return {
    restore: (current, version) => soon(() => restore(current, version, schema)),
    removeAdded: (current, version, clients) => soon(() => removeAdded(current, version, clients, schema)),
    preview: (current, update) => soon(() => preview(current, update, schema)),
    rebuild: (state) => soon(() => rebuild(state, schema)),
  };
}

export const workHere = workOn(documentSchema);
