import type { Preview } from './preview.ts';
import type { Rebuilt } from './rebuild.ts';
import type { Removal } from './removal.ts';

/** Work on whole documents, done in another thread. A state is one Yjs update. */
export interface HistoryWork {
  /** See `restore` in `restore.ts`. */
  restore(current: Uint8Array, version: Uint8Array): Promise<Uint8Array | null>;
  /** As `preview` of `preview.ts`. */
  preview(current: Uint8Array, update: Uint8Array): Promise<Preview>;
  /** See `removeAdded` in `removal.ts`. */
  removeAdded(current: Uint8Array, version: Uint8Array, clients: readonly number[]): Promise<Removal>;
  /** See `rebuild` in `rebuild.ts`. */
  rebuild(state: Uint8Array): Promise<Rebuilt>;
}
