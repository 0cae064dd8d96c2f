import { preview } from '../../server/history/preview.ts';
import { rebuild } from '../../server/history/rebuild.ts';
import { removeAdded } from '../../server/history/removal.ts';
import { restore } from '../../server/history/restore.ts';
import type { HistoryWork } from '../../server/history/work.ts';

/** The work on whole documents, done at once and without a thread. */
export const workHere: HistoryWork = {
  restore: (current, version) => Promise.resolve(restore(current, version)),
  removeAdded: (current, version, clients) => Promise.resolve(removeAdded(current, version, clients)),
  preview: (current, update) => Promise.resolve(preview(current, update)),
  rebuild: (state) => Promise.resolve(rebuild(state)),
};
