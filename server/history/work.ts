import type { Preview } from './preview.ts';

/** The heavy work on whole documents, done beside the main thread: a state is one Yjs update. */
export interface HistoryWork {
  /** As `restore` of `restore.ts`. */
  restore(current: Uint8Array, version: Uint8Array): Promise<Uint8Array | null>;
  /** As `preview` of `preview.ts`. */
  preview(current: Uint8Array, update: Uint8Array): Promise<Preview>;
}
