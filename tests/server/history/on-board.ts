import { servedNamed } from '../../../server/documents/served.ts';
import type { Rebuilt } from '../../../server/history/rebuild.ts';
import { rebuild as rebuildDocument } from '../../../server/history/rebuild.ts';
import type { Removal } from '../../../server/history/removal.ts';
import { removeAdded as removeFrom } from '../../../server/history/removal.ts';
import { restore as restoreDocument } from '../../../server/history/restore.ts';

const board = servedNamed('board');

/** The whole-document jobs, for the document `board`. */
export const restore = (current: Uint8Array, version: Uint8Array): Uint8Array | null =>
  restoreDocument(board, current, version);

export const rebuild = (state: Uint8Array): Rebuilt => rebuildDocument(board, state);

export const removeAdded = (current: Uint8Array, version: Uint8Array, clients: readonly number[]): Removal =>
  removeFrom(board, current, version, clients);
