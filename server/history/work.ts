import type { Preview } from './preview.ts';
import type { Rebuilt } from './rebuild.ts';
import type { Removal } from './removal.ts';

/** Work on whole documents, done in another thread. `document` is its name, and a state is one Yjs update. */
export interface HistoryWork {
  /** See `restore` in `restore.ts`. */
  restore(document: string, current: Uint8Array, version: Uint8Array): Promise<Uint8Array | null>;
  /** As `preview` of `preview.ts`. */
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
