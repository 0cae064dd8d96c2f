import type { Exceeded, Refusal } from '$shared/wire/protocol.ts';
import { closeCode, isRefusal } from '$shared/wire/protocol.ts';

/** A frame that `ws` drops unread: the same frame would be sent again each time. */
const messageTooBig = 1009;

/** Why the socket was closed for good; the page says it in words. */
export type Ending =
  | { readonly kind: 'no-such-board' }
  /** The server does not know this seat (any more). `wasIn`: it did when this socket was opened. */
  | { readonly kind: 'ticket'; readonly wasIn: boolean }
  /** Whoever runs the server has put this person out. */
  | { readonly kind: 'kicked' }
  /** The server did not take an edit; null where it did not say why. */
  | {
      readonly kind: 'refused';
      readonly reason: Refusal | 'too-large' | null;
      /** With the reason `allowance`: which one, where the server said so. */
      readonly exceeded?: Exceeded;
    }
  /**
   * The board is of another generation than this document, which must not fill it again: the board was put back to
   * an older version, or (`isOlder`) the server itself fell back to an older generation.
   */
  | { readonly kind: 'outdated'; readonly isOlder: boolean }
  /** The server had lost edits that this document has, and a facilitator decided that they stay lost. */
  | { readonly kind: 'discarded' }
  /** The server lost edits that this observer's page shows: it begins anew, and nothing of its own is lost. */
  | { readonly kind: 'stale' }
  /** The board has a newer layout than this page knows; what is not sent fits it all the same, from a page that does. */
  | { readonly kind: 'old-page' };

/** Whether coming back does not help: as the provider itself has it, and where a frame was too big to be read. */
export function isFinal(code: number): boolean {
  return code === messageTooBig || (code >= 4400 && code < 4500);
}

/** Reads the code and the reason of a close after which the page does not come back by itself. */
export function endingOf(code: number, reason: string, wasIn: boolean): Ending {
  switch (code) {
    case closeCode.ticket:
      return reason === 'kicked' ? { kind: 'kicked' } : { kind: 'ticket', wasIn };
    case closeCode.notAllowed:
      // Two ends have this code: an update that the role may not make, and a token of another board.
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
      // Others have written under the same client ids since: the two documents cannot be merged.
      if (reason === 'fallen-back') return { kind: 'outdated', isOlder: true };
      return { kind: 'refused', reason: isRefusal(reason) ? reason : null };
  }
}
