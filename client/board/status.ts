import type { Role } from '$shared/roles.ts';
import { may } from '$shared/roles.ts';
import type { SyncStatus } from '../model/sync/status.ts';
import type { DisconnectReason } from '../model/sync/disconnect-reason.ts';

/** What a board needs to be told about itself for as long as it is so; one at a time, the gravest. */
export type BoardStatus =
  /** There is no connection; null where it is not known why. */
  | { readonly kind: 'apart'; readonly why: DisconnectReason | null }
  | { readonly kind: 'read-only'; readonly why: 'store' | 'frozen' }
  /** To those who decide about it: the board lost edits that so many people still have. */
  | { readonly kind: 'loss'; readonly people: number }
  /** The server lacks edits that this page has. */
  | { readonly kind: 'held'; readonly why: 'waiting' | 'full' }
  | { readonly kind: 'full'; readonly percent: number }
  | { readonly kind: 'observing' }
  /** Changes of this person that the board does not have, and that wait to be dealt with. */
  | { readonly kind: 'lost'; readonly count: number };

/** From this percentage on everyone who writes is told how full the board is; facilitators from the first word. */
const nearlyFull = 90;

/** @param readPercent what this person has read of how full the board is, and put away */
export function boardStatus(
  connection: {
    readonly status: SyncStatus;
    readonly role: Role | null;
    readonly hindrance: DisconnectReason | null;
    readonly readOnly: 'store' | 'frozen' | null;
    readonly fullness: number;
    readonly held: 'waiting' | 'full' | null;
    readonly lossPeople: number;
  },
  readPercent: number,
): BoardStatus | null {
  const { status, role, hindrance, readOnly, fullness, held, lossPeople } = connection;
  if (status === 'offline') return { kind: 'apart', why: hindrance };
  if (role === null) return null;
  // Who does not write need not know where it would be kept.
  if (role === 'observer') return { kind: 'observing' };
  if (readOnly !== null) return { kind: 'read-only', why: readOnly };
  // Also where nothing proves it: whoever decides, and whose own page has such edits, can look at them.
  if (may(role, 'versions') && (lossPeople > 0 || held === 'waiting'))
    return { kind: 'loss', people: Math.max(1, lossPeople) };
  if (held !== null) return { kind: 'held', why: held };
  const isNews = fullness > readPercent && (role === 'facilitator' || fullness >= nearlyFull);
  return fullness > 0 && isNews ? { kind: 'full', percent: fullness } : null;
}
