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

test('without problems there is no banner, except that observers are told that they observe', () => {
  expect(boardStatus(well, 0)).toBeNull();
  expect(boardStatus({ ...well, role: null }, 0)).toBeNull();
  expect(boardStatus(onlooker, 0)).toEqual({ kind: 'observing' });
});

test('a lost connection comes first, with the server’s reason', () => {
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

test('people who can write see that the board is read-only; observers do not', () => {
  expect(boardStatus({ ...lead, readOnly: 'frozen', fullness: 95 }, 0)).toEqual({
    kind: 'read-only',
    why: 'frozen',
  });
  expect(boardStatus({ ...onlooker, readOnly: 'frozen' }, 0)).toEqual({ kind: 'observing' });
});

test('facilitators see the fullness from the first warning, participants from 90 %', () => {
  expect(boardStatus({ ...lead, fullness: 70 }, 0)).toEqual({ kind: 'full', percent: 70 });
  expect(boardStatus({ ...well, fullness: 85 }, 0)).toBeNull();
  expect(boardStatus({ ...well, fullness: 90 }, 0)).toEqual({ kind: 'full', percent: 90 });
  expect(boardStatus({ ...onlooker, fullness: 95 }, 0)).toEqual({ kind: 'observing' });
});

test('a dismissed message returns when the board is fuller', () => {
  expect(boardStatus({ ...lead, fullness: 70 }, 70)).toBeNull();
  expect(boardStatus({ ...lead, fullness: 75 }, 70)).toEqual({ kind: 'full', percent: 75 });
});

test('after a loss, facilitators see the number of people affected, participants their own edits only', () => {
  expect(boardStatus({ ...lead, held: 'waiting', lossPeople: 2, fullness: 95 }, 0)).toEqual({
    kind: 'loss',
    people: 2,
  });
  expect(boardStatus({ ...lead, held: 'waiting' }, 0)).toEqual({ kind: 'loss', people: 1 });
  expect(boardStatus({ ...lead, held: 'full' }, 0)).toEqual({ kind: 'held', why: 'full' });
  expect(boardStatus({ ...well, held: 'full', lossPeople: 2 }, 0)).toEqual({ kind: 'held', why: 'full' });
  expect(boardStatus({ ...onlooker, lossPeople: 2 }, 0)).toEqual({ kind: 'observing' });
});

test('a board under repair and a busy server are different reasons', () => {
  expect(disconnectReasonOf(closeCode.busy, 'repair')).toBe('repair');
  expect(disconnectReasonOf(closeCode.busy, 'too-many-boards')).toBe('busy');
  expect(disconnectReasonOf(closeCode.ticket, 'board-reset')).toBeNull();
});
