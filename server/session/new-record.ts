import type { AgendaItem } from '../../shared/session/agenda.ts';
import type { IdlePolicy } from '../../shared/session/policy.ts';
import { newSession } from '../../shared/session/session.ts';
import type { SessionRecord } from '../store/contract.ts';

/** The session of a board on which nobody has started one. `idle`: what participants may do meanwhile. */
export function newRecord(idle: IdlePolicy, items: readonly AgendaItem[] = []): SessionRecord {
  return {
    agenda: { items, version: items.length === 0 ? 0 : 1 },
    session: { ...newSession, idle },
    people: [],
    log: [],
    answers: [],
  };
}
