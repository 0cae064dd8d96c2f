import * as encoding from 'lib0/encoding';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { Holding } from '../../client/model/sync/status.ts';
import { Connection } from '../../client/model/sync/connection.svelte.ts';
import { waitMs } from '../../client/model/sync/backoff.ts';
import { closeCode, frameKind } from '../../shared/wire/protocol.ts';
import { ServerSocket } from './server-socket.ts';

let doc: Y.Doc;
let board: Y.Doc;
let ana: Connection;
const on = { ready: vi.fn(), saved: vi.fn(), ended: vi.fn(), holding: vi.fn<() => Holding>(() => null) };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', ServerSocket);
  doc = new Y.Doc();
  board = new Y.Doc();
  ana = new Connection(doc, { board: 'b', person: 'ana', origin: 'http://localhost' }, on);
  ana.open();
});

afterEach(() => {
  ana.close();
  doc.destroy();
  ServerSocket.all.length = 0;
  vi.clearAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const write = (text: string) => doc.getText('words').insert(0, text);

/** The server saves what the page has sent, and acknowledges it. Returns the number of frames. */
let taken = 0;
function takeAll(socket = ServerSocket.latest): void {
  for (const edit of socket.takeEdits()) {
    Y.applyUpdate(board, edit);
    taken++;
  }
  socket.tell({ kind: 'saved', frames: taken });
}

function join(generation = 1): ServerSocket {
  taken = 0;
  const socket = ServerSocket.latest;
  socket.admit(board, generation);
  takeAll();
  return socket;
}

describe('while the server is read-only', () => {
  test('keeps what Ana writes, and calls it saved only after the server has asked for it and saved it', () => {
    const socket = join();
    expect(ana.status).toBe('saved');
    write('before ');
    socket.tell({ kind: 'read-only', why: 'store' });
    expect(ana.status).toBe('held');
    takeAll();
    expect([ana.readOnly, ana.status]).toEqual(['store', 'saved']);

    on.saved.mockClear();
    write('meanwhile ');
    const [dropped] = socket.takeEdits();
    taken++;
    expect(dropped).toBeDefined();
    expect(ana.status).toBe('held');
    // A late acknowledgement, or one of a later frame, does not cover edits that the server did not take.
    socket.tell({ kind: 'saved', frames: 99 });
    expect(ana.status).toBe('held');
    expect(on.saved).not.toHaveBeenCalled();
    socket.tell({ kind: 'saved', frames: taken - 1 });

    socket.tell({ kind: 'read-only', why: null });
    expect(ana.status).toBe('sending');
    socket.ask(board);
    expect(ana.status).toBe('sending');
    takeAll();
    expect([ana.readOnly, ana.status]).toEqual([null, 'saved']);
    expect(on.saved).toHaveBeenCalled();
    expect(board.getText('words').toJSON()).toBe('meanwhile before ');
  });

  test('reports nothing as held back for a person who has written nothing', () => {
    const socket = ServerSocket.latest;
    socket.admit(board);
    socket.tell({ kind: 'read-only', why: 'frozen' });
    expect([ana.readOnly, ana.status]).toEqual(['frozen', 'saved']);
  });

  test('keeps edits made offline when Ana returns to a frozen board', () => {
    join().drop(1006);
    write('in a tunnel');
    expect(ana.status).toBe('offline');
    vi.runOnlyPendingTimers();
    const socket = ServerSocket.latest;
    socket.admit(board);
    socket.tell({ kind: 'read-only', why: 'frozen' });
    expect(ana.status).toBe('held');
    expect(ana.unsaved).toBe(true);
  });
});

test('the page knows how full the board is until the socket closes', () => {
  const socket = join();
  socket.tell({ kind: 'fullness', percent: 75 });
  expect(ana.fullness).toBe(75);
  socket.drop(closeCode.restart);
  expect(ana.fullness).toBe(0);
});

describe('C5 a refusal', () => {
  test('tells the reason', () => {
    const socket = join();
    socket.tell({ kind: 'refused', reason: 'document-full' });
    socket.drop(closeCode.refused, 'document-full');
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: 'document-full' });
  });

  test('counts if the socket stays open, and if it breaks before the close', () => {
    const socket = join();
    write('in vain ');
    socket.tell({ kind: 'refused', reason: 'observer' });
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: 'observer' });
    expect([socket.isClosed, ana.status]).toEqual([true, 'offline']);
    socket.drop(1006);
    vi.advanceTimersByTime(60_000);
    expect(ServerSocket.latest).toBe(socket);
  });

  test('counts if only the close code tells it', () => {
    join().drop(closeCode.refused, 'too-many');
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: 'too-many' });
  });

  test('has no reason if this page does not know it', () => {
    const socket = join();
    socket.say((encoder) => {
      encoding.writeVarUint(encoder, frameKind.control);
      encoding.writeVarString(encoder, JSON.stringify({ kind: 'refused', reason: 'of tomorrow' }));
    });
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: null });
    ana.open();
    join().drop(closeCode.refused, 'of tomorrow');
    expect(on.ended).toHaveBeenLastCalledWith({ kind: 'refused', reason: null });
  });

  test.each([
    [closeCode.tooLarge, 'too-large'],
    [1009, ''],
  ] as const)(
    'follows a frame that is too large for the server (%s), which is not sent again',
    (code, said) => {
      const socket = join();
      write('a whole book ');
      socket.drop(code, said);
      expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: 'too-large' });
      vi.advanceTimersByTime(60_000);
      expect(ServerSocket.latest).toBe(socket);
    },
  );
});

test('a refusal for an allowance tells which one, and its limit', () => {
  const socket = join();
  const exceeded = { of: 'records', limit: 3_000, for: 'person' } as const;
  socket.tell({ kind: 'refused', reason: 'allowance', ...exceeded });
  expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: 'allowance', exceeded });
});

test('a removed person stays out; an expired membership, or one of another board, may be renewed', () => {
  join().drop(closeCode.ticket, 'kicked');
  expect(on.ended).toHaveBeenLastCalledWith({ kind: 'kicked' });
  ana.open();
  join().drop(closeCode.ticket, 'expired');
  expect(on.ended).toHaveBeenLastCalledWith({ kind: 'ticket', wasIn: true });
  ana.open();
  ServerSocket.latest.drop(closeCode.ticket, 'ticket');
  expect(on.ended).toHaveBeenLastCalledWith({ kind: 'ticket', wasIn: false });
  ana.open();
  ServerSocket.latest.drop(closeCode.notAllowed, 'not-allowed');
  expect(on.ended).toHaveBeenLastCalledWith({ kind: 'ticket', wasIn: false });
});

describe('C6 after everything sent is saved', () => {
  test('the status is not `saved` while edits are on the device', () => {
    on.holding.mockReturnValue('reading');
    join();
    expect([ana.status, ana.unsaved]).toEqual(['sending', false]);
    on.holding.mockReturnValue('held');
    expect([ana.status, ana.unsaved]).toEqual(['held', false]);
    on.holding.mockReturnValue(null);
    expect(ana.status).toBe('saved');
  });

  test('the status is not `saved` while the document waits for missing edits', () => {
    join();
    const other = new Y.Doc();
    other.getText('words').insert(0, 'base ');
    const base = Y.encodeStateVector(other);
    other.getText('words').insert(5, 'and more ');
    on.saved.mockClear();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, base));
    takeAll();
    expect([ana.status, ana.unsaved]).toEqual(['sending', true]);
    expect(on.saved).not.toHaveBeenCalled();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    takeAll();
    expect(ana.status).toBe('saved');
  });
});

test('hours of offline work are sent in parts, each acknowledged', () => {
  join().drop(1006);
  const earlier = new Y.Doc();
  for (let i = 0; i < 300; i++) earlier.getText('words').insert(0, 'earlier ');
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(earlier), 'from the device');
  for (let i = 0; i < 300; i++) write('now ');
  vi.runOnlyPendingTimers();
  const socket = ServerSocket.latest;
  socket.admit(board);
  const edits = socket.takeEdits();
  expect(edits).toHaveLength(7);
  for (const edit of edits) {
    Y.applyUpdate(board, edit);
    expect(board.store.pendingStructs).toBeNull();
  }
  expect(edits.at(-1)?.length).toBeLessThan(10);
  expect(board.getText('words').toJSON()).toBe(doc.getText('words').toJSON());
  socket.tell({ kind: 'saved', frames: 6 });
  expect(ana.status).toBe('sending');
  socket.tell({ kind: 'saved', frames: 7 });
  expect(ana.status).toBe('saved');
});

test('many edits from the device are sent in parts too', () => {
  const socket = join();
  const earlier = new Y.Doc();
  for (let i = 0; i < 4_000; i++) earlier.getText('words').insert(0, 'earlier ');
  earlier.getText('words').delete(100, 7);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(earlier), 'from the device');
  const edits = socket.takeEdits();
  expect(edits.length).toBeGreaterThan(30);
  for (const edit of edits) {
    Y.applyUpdate(board, edit);
    expect(board.store.pendingStructs).toBeNull();
  }
  expect(board.getText('words').toJSON()).toBe(earlier.getText('words').toJSON());
  socket.tell({ kind: 'saved', frames: taken + edits.length - 1 });
  expect(ana.status).toBe('sending');
  socket.tell({ kind: 'saved', frames: taken + edits.length });
  expect(ana.status).toBe('saved');
});

describe('a board that was put back to an earlier version', () => {
  test("gets nothing of Ana's document of the version before", () => {
    join(1).drop(closeCode.restart);
    write('of the old board');
    vi.runOnlyPendingTimers();
    const socket = ServerSocket.latest;
    socket.admit(board, 2);
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'outdated', isOlder: false });
    expect(socket.takeEdits()).toEqual([]);
    expect(socket.isClosed).toBe(true);
    vi.runOnlyPendingTimers();
    expect(ServerSocket.latest).toBe(socket);
  });

  test('gets nothing either if the server fell back to an older generation', () => {
    join(2).drop(closeCode.restart);
    vi.runOnlyPendingTimers();
    const socket = ServerSocket.latest;
    socket.admit(board, 1);
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'outdated', isOlder: true });
    expect([socket.takeEdits(), socket.isClosed]).toEqual([[], true]);
  });

  test('opens normally for a person who comes for the first time', () => {
    join(7);
    expect(on.ready).toHaveBeenCalledExactlyOnceWith(7);
    expect(on.ended).not.toHaveBeenCalled();
  });
});

describe('M2 a board with a newer layout than this page knows', () => {
  const old = { kind: 'old-page' };

  test('ends the connection when the server closes with that code; the page does not reconnect', () => {
    const socket = join();
    write('not sent ');
    socket.drop(closeCode.reload, 'reload');
    expect(on.ended).toHaveBeenCalledExactlyOnceWith(old);
    expect(ana.unsaved).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(ServerSocket.latest).toBe(socket);
  });

  test('is recognized by its document if the server does not say so', () => {
    board.getMap('meta').set('schema', 2);
    const socket = ServerSocket.latest;
    socket.admit(board);
    expect(on.ended).toHaveBeenCalledExactlyOnceWith(old);
    expect([on.ready.mock.calls, socket.isClosed, ana.status]).toEqual([[], true, 'offline']);
    vi.advanceTimersByTime(60_000);
    expect(ServerSocket.latest).toBe(socket);
  });

  test('opens in a page that knows the layout', () => {
    ana.close();
    ana = new Connection(doc, { board: 'b', person: 'ana', origin: 'http://localhost', schema: 2 }, on);
    ana.open();
    board.getMap('meta').set('schema', 2);
    join();
    expect([on.ended.mock.calls, ana.status]).toEqual([[], 'saved']);
  });

  test('is detected by the server, because the page sends the layout that it knows', () => {
    expect(ServerSocket.latest.url).toContain('schema=1');
  });
});

describe('a server that is up but does not admit Ana', () => {
  test.each([
    [closeCode.busy, 'server-full', 'server-full'],
    [closeCode.busy, 'too-slow', 'too-slow'],
    [closeCode.busy, 'board-full', 'board-full'],
    [closeCode.busy, 'too-many-sockets', 'too-many-sockets'],
    [closeCode.busy, 'kicked', null],
    [closeCode.busy, 'frozen', 'frozen'],
    [closeCode.busy, 'quarantined', 'quarantined'],
    [closeCode.busy, 'newer-schema', 'newer-schema'],
    [closeCode.busy, 'not-saved', 'store'],
    [closeCode.busy, 'something else', 'busy'],
    [closeCode.busy, 'stopping', 'restart'],
    [closeCode.restart, '', 'restart'],
    [1006, '', null],
  ] as const)(
    '%s %s: shows the reason, tries again, and hides the reason after it connects',
    (code, reason, said) => {
      ServerSocket.latest.drop(code, reason);
      expect([ana.status, ana.disconnectReason]).toEqual(['offline', said]);
      vi.advanceTimersByTime(10_000);
      expect(ServerSocket.all).toHaveLength(2);
      join();
      expect([ana.status, ana.disconnectReason]).toEqual(['saved', null]);
    },
  );
});

describe('reconnecting', () => {
  test('starts at a random time from the first try on, and within 8 s', () => {
    for (const random of [0, 0.5, 1]) {
      const spy = vi.spyOn(Math, 'random').mockReturnValue(random);
      ServerSocket.latest.drop(1006);
      const before = ServerSocket.all.length;
      const tries = before;
      vi.advanceTimersByTime(waitMs(tries, random) - 1);
      expect(ServerSocket.all).toHaveLength(before);
      vi.advanceTimersByTime(2);
      expect(ServerSocket.all).toHaveLength(before + 1);
      spy.mockRestore();
    }
  });

  test('waits longer each time, up to between 2 and 8 s', () => {
    expect([1, 2, 3, 9, 50].map((tries) => [waitMs(tries, 0), waitMs(tries, 1)])).toEqual([
      [50, 200],
      [100, 400],
      [200, 800],
      [2_000, 8_000],
      [2_000, 8_000],
    ]);
  });
});

test('moving the pointer sends no presence frame', () => {
  const socket = join();
  socket.take(frameKind.awareness);
  ana.pointers.send({ place: 'a/b/', x: 1, y: 2 });
  vi.advanceTimersByTime(1_000);
  expect(socket.take(frameKind.awareness)).toEqual([]);
  expect(socket.take(frameKind.pointer)).toHaveLength(1);
});
