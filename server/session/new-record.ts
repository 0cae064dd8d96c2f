import type { AgendaItem } from '../../shared/session/agenda.ts';
import { newSession } from '../../shared/session/session.ts';
import type { SessionRecord } from '../store/contract.ts';

/**
 * The session of a board on which nobody has started one. Until a facilitator says otherwise, participants may do what
 * they could do before boards had sessions.
 */
export function newRecord(items: readonly AgendaItem[] = []): SessionRecord {
  return {
    agenda: { items, version: items.length === 0 ? 0 : 1 },
    session: { ...newSession, idle: 'everything' },
    people: [],
    log: [],
    answers: [],
  };
}
