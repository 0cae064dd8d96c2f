import { isId } from '../../shared/id.ts';
import type { BoardRecord, Store } from '../store/contract.ts';
import type { Membership } from './membership.ts';
import type { Tokens } from './tokens.ts';

/** The membership and board that a token gives access to, or why it does not. */
export type Admission =
  | { readonly kind: 'membership'; readonly membership: Membership; readonly record: BoardRecord }
  | {
      readonly kind: 'refused';
      readonly code: 'no-such-board' | 'ticket' | 'not-allowed' | 'link-revoked' | 'board-reset';
      /** The token is of a later generation than the board, so the board's record is an older copy. */
      readonly isAhead?: true;
    };

/**
 * Decides whether one of these tokens opens this board. Every request and every upgrade uses this rule. It looks up the
 * link each time, so that revoking a link ends all its memberships. Without a valid token it does not read the disk, so
 * that strangers cannot keep the disk busy.
 */
export async function admit(
  by: { store: Store; tokens: Tokens },
  board: string,
  offered: readonly string[],
): Promise<Admission> {
  const memberships = offered
    .map((token) => by.tokens.read(token))
    .filter((membership) => membership !== null);
  if (memberships.length === 0) return { kind: 'refused', code: 'ticket' };
  const record = isId(board) ? await by.store.board(board) : null;
  if (!record) return { kind: 'refused', code: 'no-such-board' };
  const here = memberships.filter((membership) => membership.board === record.id);
  if (here.length === 0) return { kind: 'refused', code: 'not-allowed' };
  const invited = here.filter((one) =>
    record.links.some((link) => link.id === one.link && link.revokedAt === null),
  );
  if (invited.length === 0) return { kind: 'refused', code: 'link-revoked' };
  const membership = invited.find((one) => one.generation === record.generation);
  if (membership) return { kind: 'membership', membership, record };
  const isAhead = invited.some((one) => one.generation > record.generation);
  return { kind: 'refused', code: 'board-reset', ...(isAhead && { isAhead }) };
}
