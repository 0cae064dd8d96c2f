import { expect, test } from 'vitest';
import { disconnectReasonOf } from '../../client/model/sync/disconnect-reason.ts';
import { boardStatus } from '../../client/board/status.ts';
import { closeCode } from '../../shared/wire/protocol.ts';

type Facts = Parameters<typeof boardStatus>[0];

const well: Facts = {
  status: 'saved',
  role: 'participant',
  disconnectReason: null,
  readOnly: null,
  fullness: 0,
  held: null,
  lossPeople: 0,
};
const lead: Facts = { ...well, role: 'facilitator' };
const onlooker: Facts = { ...well, role: 'observer' };

test('a board with which all is well says nothing, but to who only looks on', () => {
  expect(boardStatus(well, 0)).toBeNull();
  expect(boardStatus({ ...well, role: null }, 0)).toBeNull();
  expect(boardStatus(onlooker, 0)).toEqual({ kind: 'observing' });
});

test('no connection comes before all else, with what the server said of it', () => {
  const apart: Facts = {
    ...lead,
    status: 'offline',
    disconnectReason: 'server-full',
    readOnly: 'store',
    fullness: 95,
  };
  expect(boardStatus(apart, 0)).toEqual({ kind: 'apart', why: 'server-full' });
  expect(boardStatus({ ...onlooker, status: 'offline' }, 0)).toEqual({ kind: 'apart', why: null });
});

test('who writes is told that nothing is taken; an observer has nothing that would be kept', () => {
  expect(boardStatus({ ...lead, readOnly: 'frozen', fullness: 95 }, 0)).toEqual({
    kind: 'read-only',
    why: 'frozen',
  });
  expect(boardStatus({ ...onlooker, readOnly: 'frozen' }, 0)).toEqual({ kind: 'observing' });
});

test('facilitators are told from the first word how full it is, participants when it is nearly so', () => {
  expect(boardStatus({ ...lead, fullness: 70 }, 0)).toEqual({ kind: 'full', percent: 70 });
  expect(boardStatus({ ...well, fullness: 85 }, 0)).toBeNull();
  expect(boardStatus({ ...well, fullness: 90 }, 0)).toEqual({ kind: 'full', percent: 90 });
  expect(boardStatus({ ...onlooker, fullness: 95 }, 0)).toEqual({ kind: 'observing' });
});

test('a dismissed message returns when the board is fuller', () => {
  expect(boardStatus({ ...lead, fullness: 70 }, 70)).toBeNull();
  expect(boardStatus({ ...lead, fullness: 75 }, 70)).toEqual({ kind: 'full', percent: 75 });
});

test('edits that the server lost: facilitators are told of the board, others of their own page', () => {
  expect(boardStatus({ ...lead, held: 'waiting', lossPeople: 2, fullness: 95 }, 0)).toEqual({
    kind: 'loss',
    people: 2,
  });
  expect(boardStatus({ ...lead, held: 'waiting' }, 0)).toEqual({ kind: 'loss', people: 1 });
  expect(boardStatus({ ...lead, held: 'full' }, 0)).toEqual({ kind: 'held', why: 'full' });
  expect(boardStatus({ ...well, held: 'full', lossPeople: 2 }, 0)).toEqual({ kind: 'held', why: 'full' });
  expect(boardStatus({ ...onlooker, lossPeople: 2 }, 0)).toEqual({ kind: 'observing' });
});

test('of a board that is restored just now, and of a server that is busy, the page tells which it is', () => {
  expect(disconnectReasonOf(closeCode.busy, 'repair')).toBe('repair');
  expect(disconnectReasonOf(closeCode.busy, 'too-many-boards')).toBe('busy');
  expect(disconnectReasonOf(closeCode.ticket, 'board-reset')).toBeNull();
});
