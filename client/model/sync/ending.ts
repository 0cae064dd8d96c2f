import type { Exceeded, Refusal } from '$shared/wire/protocol.ts';
import { closeCode, isRefusal } from '$shared/wire/protocol.ts';

/** The frame is too big, and `ws` drops it unread. The page would send the same frame every time. */
const messageTooBig = 1009;

/** Why the connection ended for good. The page explains it in words. */
export type Ending =
  | { readonly kind: 'no-such-board' }
  /** The server does not know this membership (any more). `wasIn`: it did when this socket was opened. */
  | { readonly kind: 'ticket'; readonly wasIn: boolean }
  /** The operators have removed this person. */
  | { readonly kind: 'kicked' }
  /** The server refused an edit; null if it gave no reason. */
  | {
      readonly kind: 'refused';
      readonly reason: Refusal | 'too-large' | null;
      /** For the reason `allowance`: which allowance, if the server named it. */
      readonly exceeded?: Exceeded;
    }
  /**
   * The board has another generation than this document, which must not fill it again. Either the board was restored to
   * an older version, or (`isOlder`) the server itself fell back to an older generation.
   */
  | { readonly kind: 'outdated'; readonly isOlder: boolean }
  /** The server lost edits that this document has, and a facilitator decided to discard them. */
  | { readonly kind: 'discarded' }
  /** The server lost edits that this observer's page shows. The page starts over, and loses no edits of its own. */
  | { readonly kind: 'stale' }
  /** The board has a newer layout than this page knows. Unsent edits still fit it, once a newer page sends them. */
  | { readonly kind: 'old-page' };

/** True if reconnecting does not help: the provider's own rule, and a frame that was too big to read. */
export function isFinal(code: number): boolean {
  return code === messageTooBig || (code >= 4400 && code < 4500);
}

/** Reads the code and the reason of a close after which the page does not reconnect by itself. */
export function endingOf(code: number, reason: string, wasIn: boolean): Ending {
  switch (code) {
    case closeCode.ticket:
      return reason === 'kicked' ? { kind: 'kicked' } : { kind: 'ticket', wasIn };
    case closeCode.notAllowed:
      // Two endings share this code: an update that the role may not make, and a token of another board.
      return reason === 'not-allowed' ? { kind: 'ticket', wasIn } : { kind: 'refused', reason: 'role' };
    case closeCode.noSuchBoard:
      return { kind: 'no-such-board' };
    case closeCode.reload:
      return { kind: 'old-page' };
    case closeCode.tooLarge:
    case messageTooBig:
      return { kind: 'refused', reason: 'too-large' };
    default:
      if (reason === 'discarded') return { kind: 'discarded' };
      // Others have used the same client ids since. The two documents cannot be merged.
      if (reason === 'fallen-back') return { kind: 'outdated', isOlder: true };
      return { kind: 'refused', reason: isRefusal(reason) ? reason : null };
  }
}
