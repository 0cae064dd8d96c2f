import type { Connection } from '../socket/connection.ts';
import { kept } from '../kept.ts';
import type { LiveDocument } from './live-document.ts';
import type { DocumentFrame } from '../socket/acknowledgements.ts';

/** What waits for the next transaction: a client's frame, or something that the server itself writes. */
export type PendingChange =
  | PendingFrame
  | { readonly kind: 'own'; readonly edit: (document: LiveDocument) => void }
  /** Edits that the server lost and a facilitator restores. */
  | {
      readonly kind: 'restored';
      readonly update: Uint8Array;
      /** Whose a client id is that the document does not know; null where nobody's. */
      readonly ownerOf: (client: number) => string | null;
      /** Told whether the document takes it. */
      readonly judged: (isTaken: boolean) => void;
    };
export interface PendingFrame {
  readonly kind: 'frame';
  readonly from: Connection;
  readonly frame: DocumentFrame;
}

/** The same letter, without the bytes that its frame came with. */
export function onItsOwn({ kind, from, frame }: PendingFrame): PendingFrame {
  return { kind, from, frame: { ...frame, update: kept(frame.update) } };
}
