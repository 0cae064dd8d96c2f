import type { Role } from '$shared/roles.ts';
import { may } from '$shared/roles.ts';
import type { SyncStatus } from '../model/sync/status.ts';
import type { DisconnectReason } from '../model/sync/disconnect-reason.ts';

/** The state that the banner above the board shows. If several apply, the most serious one. */
export type BoardStatus =
  /** No connection; `why` is null if the reason is unknown. */
  | { readonly kind: 'apart'; readonly why: DisconnectReason | null }
  | { readonly kind: 'read-only'; readonly why: 'store' | 'frozen' }
  /** For people who can decide about it: the board lost edits that this many people still have. */
  | { readonly kind: 'loss'; readonly people: number }
  /** The server lacks edits that this page has. */
  | { readonly kind: 'held'; readonly why: 'waiting' | 'full' }
  | { readonly kind: 'full'; readonly percent: number }
  | { readonly kind: 'observing' }
  /** The browser refuses to store edits, or anything, on this device. */
  | { readonly kind: 'unkept'; readonly what: 'edits' | 'all' }
  /** This person has changes that are not on the board and that need attention. */
  | { readonly kind: 'lost'; readonly count: number };

/**
 * From this percentage on, everyone who can write sees how full the board is. Facilitators see it as soon as the server
 * reports it.
 */
const nearlyFull = 90;

/** @param readPercent the percentage that was shown when the person dismissed the notice */
export function boardStatus(
  connection: {
    readonly status: SyncStatus;
    readonly role: Role | null;
    readonly disconnectReason: DisconnectReason | null;
    readonly readOnly: 'store' | 'frozen' | null;
    readonly fullness: number;
    readonly held: 'waiting' | 'full' | null;
    readonly lossPeople: number;
  },
  readPercent: number,
): BoardStatus | null {
  const { status, role, disconnectReason, readOnly, fullness, held, lossPeople } = connection;
  if (status === 'offline') return { kind: 'apart', why: disconnectReason };
  if (role === null) return null;
  // Observers write nothing, so where edits are kept does not concern them.
  if (role === 'observer') return { kind: 'observing' };
  if (readOnly !== null) return { kind: 'read-only', why: readOnly };
  // Also for edits that nothing proves: a facilitator whose own page has some can review them.
  if (may(role, 'versions') && (lossPeople > 0 || held === 'waiting'))
    return { kind: 'loss', people: Math.max(1, lossPeople) };
  if (held !== null) return { kind: 'held', why: held };
  const isNews = fullness > readPercent && (role === 'facilitator' || fullness >= nearlyFull);
  return fullness > 0 && isNews ? { kind: 'full', percent: fullness } : null;
}
