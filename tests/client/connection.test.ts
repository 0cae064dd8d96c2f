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
  ana = new Connection(doc, { board: 'b', seat: 'ana', origin: 'http://localhost' }, on);
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

/** The server takes what the page has sent, and says so; returns how many frames that were. */
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

describe('while the server takes no edits', () => {
  test('what Ana writes is kept, not lost: it is asked for, and only then saved', () => {
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
    // An acknowledgement that comes late, or of a frame after it, says nothing of what was not taken.
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

  test('who has written nothing has nothing that is kept back', () => {
    const socket = ServerSocket.latest;
    socket.admit(board);
    socket.tell({ kind: 'read-only', why: 'frozen' });
    expect([ana.readOnly, ana.status]).toEqual(['frozen', 'saved']);
  });

  test('who comes back to a frozen board with edits of the train ride keeps them', () => {
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

test('how full the board is, is told, and forgotten with the socket', () => {
  const socket = join();
  socket.tell({ kind: 'fullness', percent: 75 });
  expect(ana.fullness).toBe(75);
  socket.drop(closeCode.restart);
  expect(ana.fullness).toBe(0);
});

describe('C5 a refusal', () => {
  test('says why', () => {
    const socket = join();
    socket.tell({ kind: 'refused', reason: 'document-full' });
    socket.drop(closeCode.refused, 'document-full');
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: 'document-full' });
  });

  test('is one also where the socket stays open, or breaks before it is closed', () => {
    const socket = join();
    write('in vain ');
    socket.tell({ kind: 'refused', reason: 'observer' });
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: 'observer' });
    expect([socket.isClosed, ana.status]).toEqual([true, 'offline']);
    socket.drop(1006);
    vi.advanceTimersByTime(60_000);
    expect(ServerSocket.latest).toBe(socket);
  });

  test('is one also where only the close says so', () => {
    join().drop(closeCode.refused, 'too-many');
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: 'too-many' });
  });

  test('for a reason that this page does not know is one without a reason', () => {
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
    'is a frame that is too large for the server, %s: it is not sent again and again',
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

test('a refusal for an allowance says which, and how much it is', () => {
  const socket = join();
  const exceeded = { of: 'records', limit: 3_000, for: 'person' } as const;
  socket.tell({ kind: 'refused', reason: 'allowance', ...exceeded });
  expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'refused', reason: 'allowance', exceeded });
});

test('who is put out is out; whose membership has run out, or is another board’s, may have it renewed', () => {
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

describe('C6 all that was sent is saved', () => {
  test('but something lies on the device: the light says so, until it does not', () => {
    on.holding.mockReturnValue('reading');
    join();
    expect([ana.status, ana.unsaved]).toEqual(['sending', false]);
    on.holding.mockReturnValue('held');
    expect([ana.status, ana.unsaved]).toEqual(['held', false]);
    on.holding.mockReturnValue(null);
    expect(ana.status).toBe('saved');
  });

  test('but the document waits for what has not come: that is not saved', () => {
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

test('work of hours without a connection goes out in parts, each of which counts', () => {
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

test('many edits that come from the device at once go out in parts too', () => {
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
  test('gets nothing of the document that Ana had of the one before', () => {
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

  test('gets nothing either where the server fell back to an older generation', () => {
    join(2).drop(closeCode.restart);
    vi.runOnlyPendingTimers();
    const socket = ServerSocket.latest;
    socket.admit(board, 1);
    expect(on.ended).toHaveBeenCalledExactlyOnceWith({ kind: 'outdated', isOlder: true });
    expect([socket.takeEdits(), socket.isClosed]).toEqual([[], true]);
  });

  test('is opened as any other by who comes to it for the first time', () => {
    join(7);
    expect(on.ready).toHaveBeenCalledExactlyOnceWith(7);
    expect(on.ended).not.toHaveBeenCalled();
  });
});

describe('M2 a board with a newer layout than this page knows', () => {
  const old = { kind: 'old-page' };

  test('is what the server says when it closes: the page does not come back by itself', () => {
    const socket = join();
    write('not sent ');
    socket.drop(closeCode.reload, 'reload');
    expect(on.ended).toHaveBeenCalledExactlyOnceWith(old);
    expect(ana.unsaved).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(ServerSocket.latest).toBe(socket);
  });

  test('is seen in the document too, behind a server that does not say so', () => {
    board.getMap('meta').set('schema', 2);
    const socket = ServerSocket.latest;
    socket.admit(board);
    expect(on.ended).toHaveBeenCalledExactlyOnceWith(old);
    expect([on.ready.mock.calls, socket.isClosed, ana.status]).toEqual([[], true, 'offline']);
    vi.advanceTimersByTime(60_000);
    expect(ServerSocket.latest).toBe(socket);
  });

  test('is opened by a page that knows it', () => {
    ana.close();
    ana = new Connection(doc, { board: 'b', seat: 'ana', origin: 'http://localhost', schema: 2 }, on);
    ana.open();
    board.getMap('meta').set('schema', 2);
    join();
    expect([on.ended.mock.calls, ana.status]).toEqual([[], 'saved']);
  });

  test('is told by the server, to which the page says what it knows', () => {
    expect(ServerSocket.latest.url).toContain('schema=1');
  });
});

describe('a server that is there, and does not let Ana in', () => {
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
  ] as const)('%s %s: it is said, tried again, and no longer said when she is in', (code, reason, said) => {
    ServerSocket.latest.drop(code, reason);
    expect([ana.status, ana.hindrance]).toEqual(['offline', said]);
    vi.advanceTimersByTime(10_000);
    expect(ServerSocket.all).toHaveLength(2);
    join();
    expect([ana.status, ana.hindrance]).toEqual(['saved', null]);
  });
});

describe('coming back', () => {
  test('is spread from the first try on, and at most 8 s apart', () => {
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

test('a pointer that moves is no word of presence', () => {
  const socket = join();
  socket.take(frameKind.awareness);
  ana.pointers.send({ place: 'a/b/', x: 1, y: 2 });
  vi.advanceTimersByTime(1_000);
  expect(socket.take(frameKind.awareness)).toEqual([]);
  expect(socket.take(frameKind.pointer)).toHaveLength(1);
});
