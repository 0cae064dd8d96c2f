import { describe, expect, test } from 'vitest';
import type { SyncFacts } from '../../client/model/sync/status.ts';
import { isSettled, statusOf, statusWith } from '../../client/model/sync/status.ts';

/** A connected page with all of its edits on the server's disk. */
const settled: SyncFacts = {
  isConnected: true,
  wasTried: true,
  isSynced: true,
  isOffered: true,
  unacknowledged: 0,
  isDirty: false,
  keepsEdits: false,
  isWaiting: false,
  isReadOnly: false,
  isHeld: false,
};

describe('the status of a connection', () => {
  test.each<[string, Partial<SyncFacts>, string]>([
    ['everything is on disk', {}, 'saved'],
    ['an edit was made, and its frame is on disk', { isDirty: true }, 'saved'],
    ['the page opens', { isConnected: false, wasTried: false }, 'sending'],
    ['the socket broke', { isConnected: false }, 'offline'],
    ['the server’s state has not arrived', { isSynced: false }, 'sending'],
    ['the server has not asked for what this page has', { isOffered: false }, 'sending'],
    ['a frame is not on disk yet', { unacknowledged: 1, isDirty: true }, 'sending'],
    ['an edit waits for another', { isWaiting: true }, 'sending'],
    ['the server takes no edits, and there are none', { isReadOnly: true }, 'saved'],
    [
      'an edit was made while the server takes none',
      { isReadOnly: true, keepsEdits: true, isDirty: true },
      'held',
    ],
    ['the server takes none, and an edit waits', { isReadOnly: true, isWaiting: true }, 'held'],
    [
      'the server takes none, and an edit was sent before',
      { isReadOnly: true, unacknowledged: 1, isDirty: true },
      'held',
    ],
    ['a facilitator decides about lost edits', { isHeld: true }, 'held'],
    ['the same, with frames on their way', { isHeld: true, unacknowledged: 2 }, 'held'],
    ['the same, without a socket', { isHeld: true, isConnected: false }, 'offline'],
  ])('if %s', (_, facts, status) => {
    expect(statusOf({ ...settled, ...facts })).toBe(status);
  });

  test('is settled only if every edit of the page is certainly on disk', () => {
    expect(isSettled(settled)).toBe(true);
    const unsettling: readonly Partial<SyncFacts>[] = [
      { isConnected: false },
      { isSynced: false },
      { isOffered: false },
      { unacknowledged: 1 },
      { keepsEdits: true },
      { isWaiting: true },
      { isHeld: true },
    ];
    for (const one of unsettling) expect(isSettled({ ...settled, ...one }), JSON.stringify(one)).toBe(false);
  });

  test('is not `saved` while edits are on the device', () => {
    expect(statusWith('saved', 'reading')).toBe('sending');
    expect(statusWith('saved', 'held')).toBe('held');
    expect(statusWith('saved', null)).toBe('saved');
    expect(statusWith('offline', 'held')).toBe('offline');
  });
});
