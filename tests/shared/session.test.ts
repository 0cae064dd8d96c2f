import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Role } from '../../shared/roles.ts';
import type { Agenda } from '../../shared/session/agenda.ts';
import { idlePolicies, presets } from '../../shared/session/policy.ts';
import type { Act, Session } from '../../shared/session/session.ts';
import { commandSchema, newSession, sessionSchema } from '../../shared/session/session.ts';
import type { Scene } from '../../shared/session/transitions.ts';
import { act, agendaChanged, policyIn, ranMs, statusOf, timeUp } from '../../shared/session/transitions.ts';
import * as v from 'valibot';

const item = (id: string, minutes: number, more = {}) => ({
  id,
  step: 1 as const,
  title: { en: id },
  instruction: {},
  minutes,
  preset: 'open-work' as const,
  change: {},
  view: null,
  atEnd: 'nothing' as const,
  ...more,
});
const agenda: Agenda = {
  version: 1,
  items: [
    item('welcome', 4, { preset: 'talk' }),
    item('write', 8, { view: 'map', atEnd: 'read-only' }),
    item('sort', 5, { preset: 'breakout', change: { moveOthers: true } }),
  ],
};

const people: Readonly<Record<string, Role>> = {
  fay: 'facilitator',
  flo: 'facilitator',
  pat: 'participant',
  obi: 'observer',
};

function sceneOf(session: Session, by = 'fay', now = 0): Scene {
  const roleOf = (person: string) => session.roles[person] ?? people[person] ?? null;
  const facilitators = Object.keys(people).filter(
    (person) => roleOf(person) === 'facilitator' && !session.removed.includes(person),
  );
  return { agenda, by, now, roleOf, facilitators };
}

let ids = 0;
/** Does an act that must be possible. */
function after(session: Session, did: Act, now = 0, by = 'fay'): Session {
  const outcome = act(session, { id: `command-${ids++}`, ...did }, sceneOf(session, by, now));
  if ('refused' in outcome) throw new Error(outcome.refused);
  return outcome.session;
}
const refusal = (session: Session, did: Act, from?: string | null) => {
  const command = { id: `command-${ids++}`, ...did, ...(from !== undefined && { from }) };
  const outcome = act(session, command, sceneOf(session));
  return 'refused' in outcome ? outcome.refused : null;
};

const minute = 60_000;

const idle = newSession;
const running = after(idle, { do: 'start', item: 'welcome' });
const states: Readonly<Record<string, Session>> = {
  idle,
  running,
  held: after(running, { do: 'timer-hold' }),
  over: timeUp(running, agenda, 4 * minute) ?? running,
  last: after(idle, { do: 'start', item: 'sort' }),
  frozen: after(running, { do: 'freeze' }),
  removed: after(idle, { do: 'remove', person: 'pat' }),
  closed: after(idle, { do: 'door', isClosed: true }),
  presenting: after(running, { do: 'present', to: { view: 'map', record: 'card' } }),
  paused: after(idle, { do: 'observers', to: 'paused' }),
  skipped: after(idle, { do: 'skip', item: 'sort' }),
};
const all = Object.keys(states);
const except = (...names: readonly string[]) => all.filter((name) => !names.includes(name));
const withTimer = ['running', 'held', 'over', 'last', 'frozen', 'presenting'];
const withItem = withTimer;

/** Each act, with the states in which it is possible. Everywhere else it is refused as `not-now`. */
const legal: readonly (readonly [did: Act, states: readonly string[]])[] = [
  [{ do: 'start', item: 'welcome' }, ['idle', 'last', 'removed', 'closed', 'paused', 'skipped']],
  [{ do: 'start', item: 'write' }, all],
  [{ do: 'next' }, except('last')],
  [{ do: 'back' }, ['last']],
  [{ do: 'skip', item: 'sort' }, except('skipped')],
  [{ do: 'finish' }, withItem],
  [{ do: 'timer-start', minutes: 2 }, all],
  [{ do: 'timer-add', seconds: 60 }, withTimer],
  [{ do: 'timer-add', seconds: -60 }, withTimer.filter((name) => name !== 'over')],
  [{ do: 'timer-hold' }, ['running', 'last', 'frozen', 'presenting']],
  [{ do: 'timer-resume' }, ['held']],
  [{ do: 'timer-stop' }, withTimer],
  [{ do: 'override', change: { comment: true } }, withItem],
  [{ do: 'idle', to: 'look' }, all],
  [{ do: 'idle', to: 'open' }, []],
  [{ do: 'freeze' }, except('frozen')],
  [{ do: 'thaw' }, ['frozen']],
  [{ do: 'observers', to: 'paused' }, except('paused')],
  [{ do: 'observers', to: 'live' }, ['paused']],
  [{ do: 'role', person: 'pat', to: 'facilitator' }, all],
  [{ do: 'role', person: 'pat', to: 'participant' }, []],
  [{ do: 'role', person: 'nobody', to: 'observer' }, []],
  [{ do: 'remove', person: 'pat' }, except('removed')],
  [{ do: 'remove', person: 'nobody' }, []],
  [{ do: 'admit', person: 'pat' }, ['removed']],
  [{ do: 'door', isClosed: true }, except('closed')],
  [{ do: 'door', isClosed: false }, ['closed']],
  [{ do: 'bring', to: { view: 'ideas', record: null } }, all],
  [{ do: 'present', to: { view: 'map', record: 'card' } }, all],
  [{ do: 'present', to: null }, ['presenting']],
];

describe.each(legal)('the act %j', (did, possible) => {
  test.each(all)('while %s', (name) => {
    const session = states[name] ?? idle;
    const refused = refusal(session, did);
    expect(refused).toBe(possible.includes(name) ? null : 'not-now');
    if (refused === null) expect(after(session, did).version).toBe(session.version + 1);
  });
});

describe('an agenda item', () => {
  test('that starts sets the policy, the timer and the view for all, and ends the one before', () => {
    const written = after(running, { do: 'start', item: 'write' }, minute);
    expect(written.item).toBe('write');
    expect(written.timer).toEqual({ state: 'running', endsAt: 9 * minute });
    expect(written.brought).toEqual({ to: { view: 'map', record: null }, by: 'fay', at: minute });
    expect(written.runs).toEqual([
      { item: 'welcome', from: 0, to: minute },
      { item: 'write', from: minute, to: null },
    ]);
    expect(policyIn(running, agenda)).toEqual(presets.talk);
    expect(policyIn(after(idle, { do: 'start', item: 'sort' }), agenda)).toEqual({
      ...presets.breakout,
      moveOthers: true,
    });
  });

  test('keeps its real minutes over several runs, and says how far it is', () => {
    let session = after(running, { do: 'next' }, 3 * minute);
    expect([statusOf(session, 'welcome'), statusOf(session, 'write')]).toEqual(['done', 'running']);
    session = after(session, { do: 'skip', item: 'sort' });
    expect(statusOf(session, 'sort')).toBe('skipped');
    session = after(session, { do: 'back' }, 5 * minute);
    expect(ranMs(session, 'welcome', 6 * minute)).toBe(4 * minute);
    session = after(session, { do: 'start', item: 'sort' }, 7 * minute);
    expect([statusOf(session, 'sort'), session.skipped]).toEqual(['running', []]);
  });

  test('that nobody has is not started or passed over', () => {
    expect(refusal(idle, { do: 'start', item: 'none' })).toBe('no-such-item');
    expect(refusal(idle, { do: 'skip', item: 'none' })).toBe('no-such-item');
  });

  test('that leaves the agenda while it runs stops; others leave the session as it is', () => {
    const without = { ...agenda, items: agenda.items.slice(1) };
    expect(agendaChanged(running, without, minute)).toMatchObject({ item: null, timer: { state: 'off' } });
    expect(agendaChanged(idle, without, minute)).toBeNull();
  });

  test('takes changes of its policy for as long as it runs, unless people could not work under them', () => {
    const talk = after(running, { do: 'override', change: { comment: true } });
    expect(policyIn(talk, agenda).comment).toBe(true);
    expect(policyIn(after(talk, { do: 'next' }), agenda).comment).toBe(true);
    expect(policyIn(after(after(talk, { do: 'next' }), { do: 'back' }), agenda).comment).toBe(false);
    expect(refusal(running, { do: 'override', change: { add: true } })).toBe('incoherent-policy');
  });
});

describe('with two facilitators', () => {
  test('the second press of "next" is refused, since the session has moved', () => {
    const moved = after(running, { do: 'next' });
    expect(refusal(moved, { do: 'next' }, 'welcome')).toBe('session-moved');
    expect(refusal(running, { do: 'next' }, 'welcome')).toBeNull();
  });

  test('two who add a minute add two', () => {
    const add = { do: 'timer-add', seconds: 60 } as const;
    expect(after(after(running, add), add).timer).toEqual({ state: 'running', endsAt: 6 * minute });
  });

  test('the last one stays, and is not removed', () => {
    const one = after(idle, { do: 'role', person: 'flo', to: 'participant' });
    expect(refusal(one, { do: 'role', person: 'fay', to: 'observer' })).toBe('last-facilitator');
    expect(refusal(one, { do: 'remove', person: 'fay' })).toBe('last-facilitator');
    expect(refusal(idle, { do: 'remove', person: 'fay' })).toBeNull();
  });
});

describe('the timer', () => {
  test('ends at its time and not before, and then people may only look if the item says so', () => {
    const write = after(idle, { do: 'start', item: 'write' });
    expect(timeUp(write, agenda, 8 * minute - 1)).toBeNull();
    const over = timeUp(write, agenda, 20 * minute);
    expect(over?.timer).toEqual({ state: 'over', at: 8 * minute });
    expect(over && policyIn(over, agenda)).toEqual(presets.talk);
    const more = over && after(over, { do: 'timer-add', seconds: 60 }, 20 * minute);
    expect(more && [more.timer, policyIn(more, agenda)]).toEqual([
      { state: 'running', endsAt: 21 * minute },
      presets['open-work'],
    ]);
    expect(states.over && policyIn(states.over, agenda)).toEqual(presets.talk);
    expect(states.over?.isClosed).toBe(false);
  });

  test('keeps its time while it is held, and never goes below zero', () => {
    const held = after(running, { do: 'timer-hold' }, minute);
    expect(held.timer).toEqual({ state: 'held', leftMs: 3 * minute });
    expect(timeUp(held, agenda, 100 * minute)).toBeNull();
    expect(after(held, { do: 'timer-resume' }, 10 * minute).timer).toEqual({
      state: 'running',
      endsAt: 13 * minute,
    });
    expect(after(held, { do: 'timer-add', seconds: -3_600 }).timer).toEqual({ state: 'held', leftMs: 0 });
  });
});

test('while no item runs, participants may do what a facilitator has chosen', () => {
  expect(policyIn(idle, agenda)).toEqual(idlePolicies.open);
  expect(policyIn(after(idle, { do: 'idle', to: 'look' }), agenda)).toEqual(idlePolicies.look);
});

test('whatever people do, a session stays one that can be stored', () => {
  const acts = fc.oneof(...legal.map(([did]) => fc.constant(did)));
  const steps = fc.array(
    fc.record({ did: acts, by: fc.constantFrom('fay', 'flo'), ms: fc.integer({ min: 0, max: 20 * minute }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (walk) => {
      let session = newSession;
      let now = 0;
      for (const { did, by, ms } of walk) {
        now += ms;
        session = timeUp(session, agenda, now) ?? session;
        const outcome = act(session, { id: 'command-walk', ...did }, sceneOf(session, by, now));
        if ('refused' in outcome) continue;
        expect(outcome.session.version).toBe(session.version + 1);
        session = outcome.session;
        expect(v.is(sessionSchema, session)).toBe(true);
        // At most one item runs, and it is the session's.
        expect(session.runs.filter(({ to }) => to === null).map((run) => run.item)).toEqual(
          session.item === null ? [] : [session.item],
        );
        expect(sceneOf(session).facilitators.length).toBeGreaterThan(0);
        if (session.timer.state === 'running') expect(session.timer.endsAt).toBeGreaterThanOrEqual(now);
        if (session.item !== null) expect(session.skipped).not.toContain(session.item);
      }
    }),
    { numRuns: 300 },
  );
});

test('a command is an act with an id; a field that its act does not have is refused', () => {
  const start = { id: 'command-1', do: 'start', item: 'welcome', from: null };
  expect(v.parse(commandSchema, start)).toEqual(start);
  for (const wrong of [{ minutes: 3 }, { item: undefined }, { id: 'short' }, { from: 7 }, { do: 'stop' }])
    expect(v.is(commandSchema, { ...start, ...wrong })).toBe(false);
});
