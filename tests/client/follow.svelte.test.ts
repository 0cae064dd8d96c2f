import { beforeEach, describe, expect, test } from 'vitest';
import type { FollowEnd } from '../../client/board/together/follow.svelte.ts';
import { Follow, returnMs, ringCloser } from '../../client/board/together/follow.svelte.ts';
import { ledView } from '../../client/board/together/led-view.ts';
import { map } from '../../client/views/map/view.ts';
import { TestClock } from './ui/test-clock.ts';

/** Everybody's presence, as all of them see it at once. */
type Room = Map<string, { follows: string | null }>;

let clock: TestClock;
let room: Room;
let people: Map<string, Follow>;
let ended: [person: string, leader: string, why: FollowEnd][];

beforeEach(() => {
  clock = new TestClock();
  room = new Map();
  people = new Map();
  ended = [];
});

/** A person comes; the presence of others reaches them at the next `settle`. */
function comes(self: string): Follow {
  room.set(self, { follows: null });
  const follow = new Follow({
    self,
    clock,
    tell: (follows) => void room.set(self, { follows }),
    ended: (leader, why) => void ended.push([self, leader, why]),
  });
  people.set(self, follow);
  return follow;
}

/** What a person sees of the others. */
const seenBy = (self: string): Room => new Map([...room].filter(([one]) => one !== self));

/** Everybody hears at once of everybody, until nothing changes. */
function settle(): void {
  for (let n = 0; n < 5; n++) {
    const seen = [...people].map(([self, follow]) => [follow, seenBy(self)] as const);
    for (const [follow, where] of seen) follow.update(where, true);
  }
}

function follows(person: string, leader: string): void {
  people.get(person)?.start(leader, seenBy(person));
}

const leaders = () => [...people.values()].map((one) => one.leader);

describe('chains', () => {
  test('a person follows one who follows another', () => {
    for (const one of ['ana', 'ben', 'cleo']) comes(one);
    follows('ana', 'ben');
    settle();
    follows('ben', 'cleo');
    settle();
    expect([leaders(), ended]).toEqual([['ben', 'cleo', null], []]);
  });

  test('Ben follows Ana, who follows him: hers ends, his last press counts', () => {
    for (const one of ['ana', 'ben']) comes(one);
    follows('ana', 'ben');
    settle();
    follows('ben', 'ana');
    settle();
    expect([leaders(), ended]).toEqual([[null, 'ana'], [['ana', 'ben', 'ring']]]);
  });

  test('a ring of three ends at the person whom the last press is about', () => {
    for (const one of ['ana', 'ben', 'cleo']) comes(one);
    follows('ana', 'ben');
    settle();
    follows('ben', 'cleo');
    settle();
    follows('cleo', 'ana');
    settle();
    expect([leaders(), ended]).toEqual([[null, 'cleo', 'ana'], [['ana', 'ben', 'ring']]]);
  });

  test('both who press at once stop', () => {
    for (const one of ['ana', 'ben']) comes(one);
    follows('ana', 'ben');
    people.get('ben')?.start('ana', new Map([['ana', { follows: null }]]));
    settle();
    expect(leaders()).toEqual([null, null]);
    expect([...room.values()]).toEqual([{ follows: null }, { follows: null }]);
  });

  test('nobody follows themselves, and a ring of others does not concern them', () => {
    const ana = comes('ana');
    follows('ana', 'ana');
    expect(ana.leader).toBeNull();
    const where: Room = new Map([
      ['ben', { follows: 'cleo' }],
      ['cleo', { follows: 'ben' }],
    ]);
    expect(ringCloser(where, 'ben', 'ana')).toBeNull();
    ana.start('ben', where);
    ana.update(where, true);
    expect(ana.leader).toBe('ben');
  });
});

describe('a leader who is gone', () => {
  let ana: Follow;
  beforeEach(() => {
    ana = comes('ana');
    comes('ben');
    follows('ana', 'ben');
    settle();
    room.delete('ben');
    people.delete('ben');
  });

  test('comes back within a minute, and is followed again', () => {
    settle();
    expect([ana.leader, ana.isAway]).toEqual(['ben', true]);
    clock.pass(returnMs - 1);
    comes('ben');
    settle();
    expect([ana.leader, ana.isAway]).toEqual(['ben', false]);
    clock.pass(10 * returnMs);
    expect([ana.leader, clock.timers, ended]).toEqual(['ben', 0, []]);
  });

  test('and stays away for a minute ends it', () => {
    settle();
    clock.pass(returnMs / 2);
    // News of others does not start the minute again.
    comes('cleo');
    settle();
    clock.pass(returnMs / 2);
    expect([ana.leader, ana.isAway, ended]).toEqual([null, false, [['ana', 'ben', 'gone']]]);
  });

  test('is not missed while this page has no connection', () => {
    ana.update(new Map(), false);
    clock.pass(10 * returnMs);
    expect([ana.leader, ana.isAway]).toEqual(['ben', false]);
    ana.update(new Map(), true);
    expect(ana.isAway).toBe(true);
  });

  test('leaves no timer when following ends, or the page closes', () => {
    settle();
    ana.stop('stopped');
    expect(clock.timers).toBe(0);
    ana.start('cleo', room);
    settle();
    expect(clock.timers).toBe(1);
    ana.close();
    expect(clock.timers).toBe(0);
  });
});

test('it ends once, and says why', () => {
  const ana = comes('ana');
  comes('ben');
  follows('ana', 'ben');
  ana.stop('moved');
  ana.stop('stopped');
  expect([ended, room.get('ana')]).toEqual([[['ana', 'ben', 'moved']], { follows: null }]);
});

test('who may not open the view of the leader, or has a page that lacks it, stays and is told', () => {
  const closed = { ...map, may: (role: string) => role !== 'observer' };
  expect(ledView(closed, 'participant')).toEqual({ view: closed, blocked: null });
  expect(ledView(closed, 'observer')).toEqual({ view: null, blocked: 'role' });
  expect(ledView(null, 'facilitator')).toEqual({ view: null, blocked: 'unknown' });
});
