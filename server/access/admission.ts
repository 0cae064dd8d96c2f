import { isId } from '../../shared/id.ts';
import type { Role } from '../../shared/roles.ts';
import type { BoardSession } from '../session/board-session.ts';
import type { BoardRecord, Store } from '../store/contract.ts';
import type { Membership } from './membership.ts';
import type { Tokens } from './tokens.ts';

/** The membership and board that a token gives access to, or why it does not. */
export type Admission =
  | {
      readonly kind: 'membership';
      /** With the role of the link, as the token has it. */
      readonly membership: Membership;
      /** The person's role now. */
      readonly role: Role;
      readonly record: BoardRecord;
      readonly session: BoardSession;
    }
  | {
      readonly kind: 'refused';
      readonly code: 'no-such-board' | 'ticket' | 'not-allowed' | 'link-revoked' | 'board-reset' | 'removed';
      /** The token is of a later generation than the board, so the board's record is an older copy. */
      readonly isAhead?: true;
    };

/**
 * Decides whether one of these tokens opens this board, and in which role. Every request and every upgrade uses this
 * rule. It looks up the link and the session each time, so that a revoked link, a removal and a changed role hold for
 * all memberships at once. Without a valid token it does not read the disk, so that strangers cannot keep the disk busy.
 */
export async function admit(
  by: {
    store: Store;
    tokens: Tokens;
    sessions: { of(board: string): Promise<BoardSession> };
  },
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
  const current = invited.filter((one) => one.generation === record.generation);
  if (current.length > 0) {
    const session = await by.sessions.of(record.id);
    const membership = current.find(({ person }) => !session.isRemoved(person));
    if (!membership) return { kind: 'refused', code: 'removed' };
    session.recognise(membership);
    return { kind: 'membership', membership, role: session.roleOf(membership), record, session };
  }
  const isAhead = invited.some((one) => one.generation > record.generation);
  return { kind: 'refused', code: 'board-reset', ...(isAhead && { isAhead }) };
}
