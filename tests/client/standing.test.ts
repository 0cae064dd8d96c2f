import { expect, test } from 'vitest';
import { hindranceOf } from '../../client/model/sync/disconnect-reason.ts';
import { standingOf } from '../../client/board/status.ts';
import { closeCode } from '../../shared/wire/protocol.ts';

type Facts = Parameters<typeof standingOf>[0];

const well: Facts = {
  light: 'saved',
  role: 'participant',
  hindrance: null,
  readOnly: null,
  fullness: 0,
  held: null,
  lossPeople: 0,
};
const lead: Facts = { ...well, role: 'facilitator' };
const onlooker: Facts = { ...well, role: 'observer' };

test('a board without problems has no banner, except for observers', () => {
  expect(standingOf(well, 0)).toBeNull();
  expect(standingOf({ ...well, role: null }, 0)).toBeNull();
  expect(standingOf(onlooker, 0)).toEqual({ kind: 'observing' });
});

test("a lost connection comes first, with the server's reason", () => {
  const apart: Facts = {
    ...lead,
    light: 'offline',
    hindrance: 'server-full',
    readOnly: 'store',
    fullness: 95,
  };
  expect(standingOf(apart, 0)).toEqual({ kind: 'apart', why: 'server-full' });
  expect(standingOf({ ...onlooker, light: 'offline' }, 0)).toEqual({ kind: 'apart', why: null });
});

test('people who can write see that the board is read-only; observers do not', () => {
  expect(standingOf({ ...lead, readOnly: 'frozen', fullness: 95 }, 0)).toEqual({
    kind: 'read-only',
    why: 'frozen',
  });
  expect(standingOf({ ...onlooker, readOnly: 'frozen' }, 0)).toEqual({ kind: 'observing' });
});

test('facilitators always see how full the board is, participants when it is nearly full', () => {
  expect(standingOf({ ...lead, fullness: 70 }, 0)).toEqual({ kind: 'full', percent: 70 });
  expect(standingOf({ ...well, fullness: 85 }, 0)).toBeNull();
  expect(standingOf({ ...well, fullness: 90 }, 0)).toEqual({ kind: 'full', percent: 90 });
  expect(standingOf({ ...onlooker, fullness: 95 }, 0)).toEqual({ kind: 'observing' });
});

test('a dismissed notice comes back when the board is fuller', () => {
  expect(standingOf({ ...lead, fullness: 70 }, 70)).toBeNull();
  expect(standingOf({ ...lead, fullness: 75 }, 70)).toEqual({ kind: 'full', percent: 75 });
});

test('edits that the server lost: facilitators see those of the board, others those of their page', () => {
  expect(standingOf({ ...lead, held: 'waiting', lossPeople: 2, fullness: 95 }, 0)).toEqual({
    kind: 'loss',
    people: 2,
  });
  expect(standingOf({ ...lead, held: 'waiting' }, 0)).toEqual({ kind: 'loss', people: 1 });
  expect(standingOf({ ...lead, held: 'full' }, 0)).toEqual({ kind: 'held', why: 'full' });
  expect(standingOf({ ...well, held: 'full', lossPeople: 2 }, 0)).toEqual({ kind: 'held', why: 'full' });
  expect(standingOf({ ...onlooker, lossPeople: 2 }, 0)).toEqual({ kind: 'observing' });
});

test('the banner tells a board that is being restored from a busy server', () => {
  expect(hindranceOf(closeCode.busy, 'repair')).toBe('repair');
  expect(hindranceOf(closeCode.busy, 'too-many-boards')).toBe('busy');
  expect(hindranceOf(closeCode.ticket, 'board-reset')).toBeNull();
});
