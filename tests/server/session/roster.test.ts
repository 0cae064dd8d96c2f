import { expect, test } from 'vitest';
import { Roster } from '../../../server/session/roster.ts';
import { newSession } from '../../../shared/session/session.ts';

const person = (name: string, role: 'facilitator' | 'participant' = 'participant', link = 'l1') => ({
  person: name,
  role,
  link,
});
const names = (roster: Roster) => roster.list().map((one) => one.person);

test('a person is added once; another link of theirs is noted', () => {
  const roster = new Roster([]);
  expect(roster.add(person('ana'), newSession)).toBe(true);
  expect(roster.add(person('ana'), newSession)).toBe(false);
  expect(roster.add(person('ana', 'participant', 'l2'), newSession)).toBe(true);
  expect(roster.list()).toEqual([person('ana', 'participant', 'l2')]);
});

test('a full roster forgets who joined first, but no facilitator, nobody whom the session names, and no newcomer', () => {
  const roster = new Roster([person('fay', 'facilitator'), person('rob'), person('pat'), person('ana')], 4);
  const session = { ...newSession, removed: ['rob'], roles: { pat: 'observer' as const } };
  roster.add(person('ben'), session);
  expect(names(roster)).toEqual(['fay', 'rob', 'pat', 'ben']);
  roster.add(person('cleo'), session);
  expect(names(roster)).toEqual(['fay', 'rob', 'pat', 'cleo']);
});

test('facilitators are those who have the role now, whose link works, and who are not kept out', () => {
  const roster = new Roster([
    person('fay', 'facilitator'),
    person('flo', 'facilitator', 'revoked'),
    person('gus', 'facilitator'),
    person('hal', 'facilitator'),
    person('pat'),
  ]);
  const links = ['l1', 'revoked'].map((id) => ({
    id,
    role: 'facilitator' as const,
    hash: '',
    createdAt: 0,
    revokedAt: id === 'revoked' ? 1 : null,
  }));
  const session = {
    ...newSession,
    removed: ['gus'],
    roles: { hal: 'observer' as const, pat: 'facilitator' as const },
  };
  expect(roster.facilitators(session, links)).toEqual(['fay', 'pat']);
  expect(roster.roleOf(session, 'pat')).toBe('facilitator');
  expect(roster.roleOf(session, 'nobody')).toBe(null);
});
