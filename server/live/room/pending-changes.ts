import type { Connection } from '../socket/connection.ts';
import { kept } from '../kept.ts';
import type { LiveDocument } from './live-document.ts';
import type { DocumentFrame } from '../socket/acknowledgements.ts';

/** A change that waits for the next transaction: a client's frame, or something that the server writes. */
export type PendingChange =
  | PendingFrame
  | { readonly kind: 'own'; readonly edit: (document: LiveDocument) => void }
  /** Edits that the server lost and a facilitator restores. */
  | {
      readonly kind: 'restored';
      readonly update: Uint8Array;
      /** The owner of a client id that the document does not know; null if it has none. */
      readonly ownerOf: (client: number) => string | null;
      /** Called with the verdict of the guard. */
      readonly judged: (isTaken: boolean) => void;
    };
export interface PendingFrame {
  readonly kind: 'frame';
  readonly from: Connection;
  readonly frame: DocumentFrame;
}

/** The same frame, without the network buffer that its bytes arrived in. */
export function onItsOwn({ kind, from, frame }: PendingFrame): PendingFrame {
  return { kind, from, frame: { ...frame, update: kept(frame.update) } };
}
