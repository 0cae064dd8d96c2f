import type { Preview } from './preview.ts';
import type { Rebuilt } from './rebuild.ts';
import type { Removal } from './removal.ts';

/** Jobs on whole documents in another thread. `document` is the document's name; each state is one Yjs update. */
export interface HistoryWork {
  /** See `restore` in `restore.ts`. */
  restore(document: string, current: Uint8Array, version: Uint8Array): Promise<Uint8Array | null>;
  /** See `preview` in `preview.ts`. */
  preview(document: string, current: Uint8Array, update: Uint8Array): Promise<Preview>;
  /** See `removeAdded` in `removal.ts`. */
  removeAdded(
    document: string,
    current: Uint8Array,
    version: Uint8Array,
    clients: readonly number[],
  ): Promise<Removal>;
  /** See `rebuild` in `rebuild.ts`. */
  rebuild(document: string, state: Uint8Array): Promise<Rebuilt>;
}
