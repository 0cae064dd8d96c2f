import type { SessionRecord } from '../../server/store/contract.ts';
import { newSession } from '../../shared/session/session.ts';

/** A session record for tests, with something in each of its parts. */
export function sessionRecord(version: number, isTimed = false): SessionRecord {
  const timer = isTimed ? ({ state: 'running', endsAt: 9_000 } as const) : newSession.timer;
  const item = {
    id: 'welcome',
    step: 1 as const,
    title: { en: 'Welcome' },
    instruction: {},
    minutes: 4,
    preset: 'talk' as const,
    change: { react: false },
    view: null,
    atEnd: 'nothing' as const,
  };
  return {
    agenda: { items: [item], version: 2 },
    session: { ...newSession, version, timer, roles: { pat: 'facilitator' }, removed: ['rob'] },
    people: [{ person: 'fay', role: 'facilitator', link: 'l1' }],
    log: [{ at: 7, by: 'fay', what: 'start', about: 'welcome' }],
    answers: [
      { id: 'command-1', version },
      { id: 'command-2', refused: 'not-now' },
    ],
  };
}
