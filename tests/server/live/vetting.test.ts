import { beforeEach, describe, expect, test } from 'vitest';
import { Vetting } from '../../../server/live/presence/vetting.ts';
import type { Vetted } from '../../../server/live/presence/vetting.ts';
import type { Role } from '../../../shared/roles.ts';

let vetting: Vetting;
beforeEach(() => {
  vetting = new Vetting();
});

/** A client id of a person in a role: returns the state as others get it. */
function client(person: string, role: Role = 'participant') {
  let known: Vetted | undefined;
  return (now: number, said: object) => {
    const { state, vetted } = vetting.vet(said as Record<string, unknown>, known, { person, role }, now);
    known = vetted;
    return state;
  };
}

const reaction = (n: unknown, kind = 'heart') => ({ reaction: { kind, n } });

describe('P12 a hand', () => {
  test('P12 has the time at which the server first heard of it, whatever the client says', () => {
    const ana = client('ana');
    expect(ana(500, { hand: 1 })).toEqual({ hand: 500 });
    expect(ana(900, { hand: 3, view: 'map' })).toEqual({ hand: 500, view: 'map' });
    expect(ana(950, { hand: null })).toEqual({ hand: null });
    expect(ana(1_000, {})).toEqual({});
    expect(ana(1_200, { hand: 1 })).toEqual({ hand: 1_200 });
  });

  test('P12 that is no number above 0 is down', () => {
    const ana = client('ana');
    for (const hand of ['up', -1, 0, {}, true]) expect(ana(500, { hand })).toEqual({ hand: null });
  });

  test('P12 is lowered by a facilitator, or by the person on another page', () => {
    const lowers = [
      { person: 'ana', hand: 5 },
      { person: 'ben', hand: 7 },
    ];
    expect(client('maja', 'facilitator')(0, { lowers })).toEqual({ lowers });
    expect(client('ana')(0, { lowers })).toEqual({ lowers: [lowers[0]] });
    expect(client('cleo')(0, { lowers: 'all' })).toEqual({ lowers: [] });
  });
});

describe('P13 reactions', () => {
  test('P13 two a second pass; the others are as if they had not been sent', () => {
    const ana = client('ana');
    expect(ana(0, reaction(1))).toEqual(reaction(1));
    expect(ana(10, reaction(2))).toEqual(reaction(2));
    expect(ana(20, reaction(3))).toEqual(reaction(2));
    // Sent again with another state: it was refused, and is not new.
    expect(ana(2_000, { ...reaction(3), view: 'map' })).toEqual({ ...reaction(2), view: 'map' });
    expect(ana(2_001, reaction(4))).toEqual(reaction(4));
  });

  test('P13 the rate is that of a person, over all pages', () => {
    const [first, second] = [client('ana'), client('ana')];
    first(0, reaction(1));
    second(0, reaction(1));
    expect(first(500, reaction(2))).toEqual(reaction(1));
    expect(client('ben')(500, reaction(1))).toEqual(reaction(1));
    expect(first(1_000, reaction(3))).toEqual(reaction(3));
  });

  test('P13 what is no reaction is none', () => {
    const ana = client('ana');
    for (const bad of [reaction(1.5), reaction(1, 'skull'), { reaction: 'heart' }, { reaction: [] }])
      expect(ana(0, bad)).toEqual({ reaction: null });
  });

  test('P13 a crowd that reacts once is forgotten', () => {
    for (let n = 0; n < 1_000; n++) client(`person-${n}`)(n * 5_000, reaction(1));
    const ana = client('ana');
    expect([ana(0, reaction(1)), ana(0, reaction(2)), ana(0, reaction(3))]).toEqual([
      reaction(1),
      reaction(2),
      reaction(2),
    ]);
  });
});

test('P14 an observer reacts, follows, and leaves no marks', () => {
  const said = {
    view: 'map',
    follows: 'maja',
    ...reaction(1),
    hand: 1,
    done: '-',
    laser: true,
    lowers: [{ person: 'asa', hand: 1 }],
    cursor: { lane: 'l', phase: 'p', step: null, x: 0, y: 0 },
  };
  expect(client('asa', 'observer')(0, said)).toEqual({ view: 'map', follows: 'maja', ...reaction(1) });
});

test('P2 other fields pass unchanged', () => {
  const said = { own: { of: ['another', 'program'] }, mirrored: true };
  expect(client('ana')(0, said)).toEqual(said);
});
