import { isDeepStrictEqual } from 'node:util';
import type { Role } from '../../shared/roles.ts';
import type { Agenda } from '../../shared/session/agenda.ts';
import type { Act, Session } from '../../shared/session/session.ts';
import { roleNow } from '../../shared/session/session.ts';
import { itemOf, policyIn } from '../../shared/session/transitions.ts';
import type { SessionView } from '../../shared/session/view.ts';
import { closeCode } from '../../shared/wire/protocol.ts';
import type { BoardRules, LiveBoards } from '../live/contract.ts';

/** Session and agenda at one moment. */
export interface SessionState {
  readonly session: Session;
  readonly agenda: Agenda;
}

/** What the session says of a board's people. */
export function rulesIn({ session, agenda }: SessionState): BoardRules {
  return { policy: policyIn(session, agenda), roles: session.roles };
}

/** What people of a role get of the session. `now`: milliseconds since 1970. */
export function viewFor(role: Role, { session, agenda }: SessionState, now: number): SessionView {
  const { focus, ...policy } = policyIn(session, agenda);
  return {
    session: role === 'facilitator' ? session : { ...session, removed: [] },
    item: itemOf(agenda, session.item) ?? null,
    policy: { ...policy, focus: { lanes: [...focus.lanes], phases: [...focus.phases] } },
    agenda: agenda.version,
    now,
  };
}

/** Freezing and changes of people bind at once. Other acts leave people a moment for what is under way. */
export function bindsAtOnce(did: Act['do'] | null): boolean {
  switch (did) {
    case 'freeze':
    case 'thaw':
    case 'role':
    case 'remove':
    case 'admit':
      return true;
    default:
      return false;
  }
}

/** What a change that is on disk does to the open rooms of a board, except freezing them. */
export function bringAbout(
  live: LiveBoards,
  board: string,
  change: { before: SessionState; after: SessionState; did: Act['do'] | null; now: number },
): void {
  const { before, after, did, now } = change;
  const rules = rulesIn(after);
  if (!isDeepStrictEqual(rules, rulesIn(before))) live.govern(board, rules, bindsAtOnce(did));
  const removed = after.session.removed.filter((person) => !before.session.removed.includes(person));
  if (removed.length > 0)
    live.dismiss(board, ({ person }) => removed.includes(person), closeCode.ticket, 'removed');
  const leading = { kind: 'session', view: viewFor('facilitator', after, now) } as const;
  const other = { kind: 'session', view: viewFor('observer', after, now) } as const;
  live.tellEach(board, ({ person, role }) =>
    roleNow(after.session, person, role) === 'facilitator' ? leading : other,
  );
}
