import type { Role } from '$shared/roles.ts';
import type { Policy } from '$shared/session/policy.ts';
import type { Operation } from '../rights.ts';

/** What the rules depend on. */
export interface Bounds {
  readonly role: Role;
  readonly self: string;
  readonly policy: Policy;
  /** True while nobody may change the board. */
  readonly isFrozen: boolean;
  /** True after the time of an item ended that closes then. */
  readonly isClosed: boolean;
}

/** A record in terms of the rules. */
export interface Ruled {
  /** Undefined for a record without an author. */
  readonly author?: string;
  /** Undefined for a record that cannot be locked. */
  readonly locked?: boolean;
  /** The lane and the phase; undefined if it is in none. */
  readonly place?: { readonly lane?: string | undefined; readonly phase?: string | null | undefined };
}

/** Why something cannot be done now. The interface has a message for each. */
export const limits = [
  'frozen',
  'closed',
  'locked',
  'focus',
  'add',
  'edit',
  'edit-others',
  'move',
  'move-others',
  'remove',
  'remove-others',
  'mark',
] as const;
export type Limit = (typeof limits)[number];

/**
 * Why this person may not do this to all of these records now, or at this place; null if they may. Only participants
 * are bound by the policy. The server judges by the same rules (G24 to G29 in docs/SYNC.md).
 */
export function limitOf(
  bounds: Bounds,
  operation: Operation,
  records: readonly Ruled[],
  place?: Ruled['place'],
): Limit | null {
  if (bounds.isFrozen) return 'frozen';
  if (bounds.role !== 'participant') return null;
  const limit = byPower(bounds, operation, records);
  if (limit) return bounds.isClosed ? 'closed' : limit;
  const places = [...records.map((record) => record.place), place];
  return places.every((one) => isInFocus(bounds.policy, one)) ? null : 'focus';
}

function byPower({ policy, self }: Bounds, operation: Operation, records: readonly Ruled[]): Limit | null {
  if (operation === 'add' || operation === 'mark') return policy[operation] ? null : operation;
  const own = policy[`${operation}Own`];
  const others = policy[`${operation}Others`];
  if (own && others) return null;
  if (!own && !others) return operation;
  const isAllowed = ({ author }: Ruled) => (author === self ? own : others);
  if (records.every(isAllowed)) return null;
  return own ? `${operation}-others` : operation;
}

function isInFocus({ focus }: Policy, place: Ruled['place']): boolean {
  if (!place) return true;
  const holds = (list: readonly string[], id: string | null | undefined) =>
    list.length === 0 || id === undefined || (id !== null && list.includes(id));
  return holds(focus.lanes, place.lane) && holds(focus.phases, place.phase);
}
