import { preview } from '../../server/history/preview.ts';
import { rebuild } from '../../server/history/rebuild.ts';
import { removeAdded } from '../../server/history/removal.ts';
import { restore } from '../../server/history/restore.ts';
import type { HistoryWork } from '../../server/history/work.ts';
import { servedDocuments } from '../../server/documents/served.ts';
import type { ServedDocument } from '../../server/documents/work.ts';
import { documentNamed } from '../../shared/schema/document.ts';

const soon = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);

/** The jobs on whole documents, run at once and without a thread, for these documents. */
export function workOn(documents: readonly ServedDocument[]): HistoryWork {
  const served = (name: string): ServedDocument => {
    const named = documentNamed(documents, name);
    if (!named) throw new Error('there is no such document');
    return named.definition;
  };
  return {
    restore: (document, current, version) => soon(() => restore(served(document), current, version)),
    removeAdded: (document, current, version, clients) =>
      soon(() => removeAdded(served(document), current, version, clients)),
    preview: (document, current, update) => soon(() => preview(served(document), current, update)),
    rebuild: (document, state) => soon(() => rebuild(served(document), state)),
  };
}

export const workHere = workOn(servedDocuments);
