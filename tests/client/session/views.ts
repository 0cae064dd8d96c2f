import type { AgendaItem } from '../../../shared/session/agenda.ts';
import { idlePolicies } from '../../../shared/session/policy.ts';
import type { Session } from '../../../shared/session/session.ts';
import { newSession } from '../../../shared/session/session.ts';
import type { SessionView } from '../../../shared/session/view.ts';

/** An item of an agenda. */
export function itemNamed(id: string, given: Partial<AgendaItem> = {}): AgendaItem {
  return {
    id,
    step: 2,
    title: { en: `Item ${id}` },
    instruction: {},
    minutes: 10,
    preset: 'open-work',
    change: {},
    view: null,
    atEnd: 'nothing',
    ...given,
  };
}

/** What the server tells a page. */
export function viewOf(
  session: Partial<Session>,
  given: Partial<Omit<SessionView, 'session'>> & { readonly allows?: Partial<SessionView['policy']> } = {},
): SessionView {
  const { allows = {}, ...rest } = given;
  return {
    session: { ...newSession, version: 1, ...session },
    item: null,
    policy: { ...idlePolicies.open, focus: { lanes: [], phases: [] }, ...allows },
    agenda: 0,
    now: 1_800_000_000_000,
    ...rest,
  };
}
