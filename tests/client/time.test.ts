import './wall-clock.ts';
import { writingLabel } from '../../shared/schema/command.ts';
import * as encoding from 'lib0/encoding';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { cards, addCard } from '$shared/collections/card.ts';
import { openRoots } from '$shared/documents.ts';
import { textOf } from '$shared/schema/read.ts';
import { Connection } from '../../client/model/sync/connection.svelte.ts';
import { keepMembership } from '../../client/model/sync/membership-renewal.ts';
import { UndoableEditor } from '../../client/model/sync/undo.svelte.ts';
import { onWake } from '../../client/model/sync/wake.ts';
import { frameKind } from '../../shared/wire/protocol.ts';
import { ServerSocket } from './server-socket.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Sets the wall clock forward, or back if `ms` is negative; no time passes. */
const setWall = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** Hides or shows the page. */
function hide(hidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

/** From now on timers run once a minute, as in hidden pages. */
function throttle(): void {
  const every = setInterval;
  vi.stubGlobal('setInterval', (run: () => void, ms: number) => every(run, Math.max(ms, minute)));
}

/** The machine sleeps, and no timer runs. On some machines `performance.now` still advances. */
function sleep(ms: number, doesClockGoOn: boolean): void {
  setWall(ms);
  if (!doesClockGoOn) return;
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ms);
}

describe('waking up', () => {
  const woken = vi.fn();
  let stop: () => void;

  beforeEach(() => {
    woken.mockClear();
    stop = onWake(woken);
  });

  afterEach(() => stop());

  test.each([
    ['goes on', true],
    ['stands still', false],
  ])('is noticed within 3 s if the clock of the page %s in sleep', (_how, doesClockGoOn) => {
    vi.advanceTimersByTime(10 * second);
    sleep(hour, doesClockGoOn);
    expect(woken).not.toHaveBeenCalled();
    vi.advanceTimersByTime(3 * second);
    expect(woken).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(minute);
    expect(woken).toHaveBeenCalledTimes(1);
  });

  test('is noticed if the wall clock was set back in sleep and the clock of the page advanced', () => {
    sleep(hour, true);
    setWall(-day);
    vi.advanceTimersByTime(3 * second);
    expect(woken).toHaveBeenCalledTimes(1);
  });

  test('is not confused with a wall clock that is set back', () => {
    setWall(-day);
    vi.advanceTimersByTime(minute);
    expect(woken).not.toHaveBeenCalled();
  });

  test('of a visible page: a gap of 15 s counts as sleep, a short hang does not', () => {
    sleep(10 * second, true);
    vi.advanceTimersByTime(3 * second);
    expect(woken).not.toHaveBeenCalled();
    sleep(15 * second, false);
    vi.advanceTimersByTime(3 * second);
    expect(woken).toHaveBeenCalledTimes(1);
  });

  test('of a hidden page: timers once a minute are normal, a gap of two minutes is sleep', () => {
    stop();
    throttle();
    stop = onWake(woken);
    hide(true);
    vi.advanceTimersByTime(30 * minute);
    hide(false);
    hide(true);
    expect(woken).not.toHaveBeenCalled();
    sleep(2 * minute, false);
    hide(false);
    expect(woken).toHaveBeenCalledTimes(1);
  });
});

describe('a connection', () => {
  let doc: Y.Doc;
  let board: Y.Doc;
  let ana: Connection;

  beforeEach(() => {
    vi.stubGlobal('WebSocket', ServerSocket);
    doc = new Y.Doc();
    board = new Y.Doc();
  });

  afterEach(() => {
    ana.close();
    doc.destroy();
    ServerSocket.all.length = 0;
  });

  /** Opens Ana's page on the board, with her presence. */
  function open(): ServerSocket {
    const on = { ready: () => {}, saved: () => {}, holding: () => null, ended: () => {} };
    ana = new Connection(doc, { board: 'b', person: 'ana', origin: 'http://localhost' }, on);
    ana.open();
    const socket = ServerSocket.latest;
    socket.admit(board);
    ana.awareness.setLocalState({ person: 'ana' });
    socket.frames.length = 0;
    return socket;
  }

  const say = (socket: ServerSocket, body: Uint8Array) =>
    socket.say((encoder) => {
      encoding.writeVarUint(encoder, frameKind.awareness);
      encoding.writeVarUint8Array(encoder, body);
    });
  /** An empty presence frame: the server's keep-alive. */
  const lives = (socket: ServerSocket) => say(socket, new Uint8Array([0]));

  /** Time passes on an idle board whose server answers. */
  function pass(ms: number, socket: ServerSocket): void {
    for (let passed = second; passed <= ms; passed += second) {
      vi.advanceTimersByTime(second);
      if (passed % (12 * second) === 0 || socket.take(frameKind.queryAwareness).length > 0) lives(socket);
    }
  }

  test.each([-day, -hour, hour, day])('survives a change of the wall clock by %i ms', (ms) => {
    const socket = open();
    pass(minute, socket);
    setWall(ms);
    pass(minute, socket);
    setWall(-ms);
    pass(minute, socket);
    expect(ServerSocket.all).toHaveLength(1);
    expect(ana.status).not.toBe('offline');
  });

  test.each([-day, 0, day])(
    'that is dead is noticed within 35 s, despite a change of the wall clock by %i ms',
    (ms) => {
      const socket = open();
      pass(minute, socket);
      setWall(ms);
      vi.advanceTimersByTime(35 * second);
      expect(socket.isClosed).toBe(true);
      expect(ServerSocket.all).toHaveLength(2);
      ServerSocket.latest.admit(board);
      expect(ana.status).not.toBe('offline');
    },
  );

  test('is not closed sooner than by the stock provider, because a large board may be loading', () => {
    const socket = open();
    vi.advanceTimersByTime(29 * second);
    expect(socket.isClosed).toBe(false);
    lives(socket);
    vi.advanceTimersByTime(29 * second);
    expect(socket.isClosed).toBe(false);
  });

  test('asks the server at once after sleep, and stays open if it answers', () => {
    const socket = open();
    sleep(hour, false);
    vi.advanceTimersByTime(3 * second);
    expect(socket.take(frameKind.queryAwareness)).toHaveLength(1);
    lives(socket);
    vi.advanceTimersByTime(10 * second);
    expect(ServerSocket.all).toHaveLength(1);
  });

  test.each([true, false])('is replaced after sleep without an answer (clock runs: %s)', (doesClockGoOn) => {
    const socket = open();
    sleep(10 * hour, doesClockGoOn);
    vi.advanceTimersByTime(12 * second);
    expect(socket.isClosed).toBe(true);
    expect(ServerSocket.all).toHaveLength(2);
  });

  test('reconnects at once after sleep if it was offline before', () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    open().drop(1006);
    for (let n = 0; n < 6; n++) {
      vi.advanceTimersByTime(8 * second);
      ServerSocket.latest.drop(1006);
    }
    const tries = ServerSocket.all.length;
    sleep(hour, false);
    vi.advanceTimersByTime(3 * second);
    expect(ServerSocket.all).toHaveLength(tries + 1);
  });

  test('of a page that hung reads the frames that have arrived before it is closed', () => {
    const socket = open();
    vi.advanceTimersByTime(24 * second);
    expect(socket.take(frameKind.queryAwareness)).toHaveLength(1);
    sleep(10 * second, true);
    // The timer fires first; the answer, already there, is read after it.
    vi.advanceTimersByTime(3 * second);
    expect(socket.isClosed).toBe(false);
    lives(socket);
    vi.advanceTimersByTime(10 * second);
    expect(socket.isClosed).toBe(false);
  });

  test('of a hidden page, whose timers run once a minute, stays open, with its presence', () => {
    throttle();
    const socket = open();
    hide(true);
    for (let minutes = 0; minutes < 10; minutes++) {
      socket.take(frameKind.awareness);
      pass(minute, socket);
      // Stock clients drop a person who has not sent presence for 30 s.
      expect(socket.take(frameKind.awareness).length).toBeGreaterThanOrEqual(2);
    }
    expect(ServerSocket.all).toHaveLength(1);
  });

  describe.each([-day, -hour, hour, day])('the wall clock is changed by %i ms', (ms) => {
    test("Ana's presence is still sent every 15 s", () => {
      const socket = open();
      setWall(ms);
      for (let times = 0; times < 4; times++) {
        pass(18 * second, socket);
        expect(socket.take(frameKind.awareness)).toHaveLength(1);
      }
    });

    test('Ben stays visible until the server says that he left', () => {
      const socket = open();
      const ben = new Awareness(new Y.Doc());
      const said = () => encodeAwarenessUpdate(ben, [ben.clientID]);
      ben.setLocalState({ person: 'ben' });
      say(socket, said());
      const isSeen = () => ana.awareness.getStates().has(ben.clientID);
      expect(isSeen()).toBe(true);
      setWall(ms);
      pass(2 * minute, socket);
      expect(isSeen()).toBe(true);
      ben.setLocalState(null);
      say(socket, said());
      expect(isSeen()).toBe(false);
      ben.destroy();
    });
  });
});

describe('the membership', () => {
  const renewed = { ok: true, value: null } as const;
  const unreachable = { ok: false, code: 'unreachable', message: '', status: 0 } as const;
  const renew = vi.fn(() => Promise.resolve<typeof renewed | typeof unreachable>(renewed));
  let stop: () => void;

  beforeEach(() => {
    renew.mockReset();
    renew.mockResolvedValue(renewed);
    stop = keepMembership(renew);
  });

  afterEach(() => stop());

  test('is renewed every four hours', async () => {
    await vi.advanceTimersByTimeAsync(4 * hour - minute);
    expect(renew).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(8 * hour);
    expect(renew).toHaveBeenCalledTimes(2);
  });

  test.each([true, false])(
    'is renewed at once when the page wakes up after ten hours',
    async (doesClockGoOn) => {
      await vi.advanceTimersByTimeAsync(hour);
      sleep(10 * hour, doesClockGoOn);
      await vi.advanceTimersByTimeAsync(3 * second);
      expect(renew).toHaveBeenCalledTimes(1);
    },
  );

  test('is not renewed after a short sleep', async () => {
    await vi.advanceTimersByTimeAsync(hour);
    sleep(hour, false);
    await vi.advanceTimersByTimeAsync(hour);
    expect(renew).not.toHaveBeenCalled();
  });

  test('is renewed in time though the wall clock is set back', async () => {
    setWall(-day);
    await vi.advanceTimersByTimeAsync(4 * hour);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  test('is retried soon if the server is unreachable', async () => {
    renew.mockResolvedValue(unreachable);
    sleep(10 * hour, false);
    await vi.advanceTimersByTimeAsync(3 * second);
    renew.mockResolvedValue(renewed);
    await vi.advanceTimersByTimeAsync(hour);
    expect(renew).toHaveBeenCalledTimes(2);
  });
});

test.each([-hour, 0, hour])(
  'typing is one undo step until a pause, despite a change of the wall clock by %i ms',
  (ms) => {
    const doc = new Y.Doc();
    openRoots(doc);
    const ana = new UndoableEditor(doc, 'ana');
    const card = addCard(ana, { lane: 'doing', phase: 'arrive', step: null }, { text: '' });
    const text = () => textOf(doc, cards, card, 'text');
    const type = (letters: string) =>
      ana.change(writingLabel('cards', card, 'text'), () => text()?.insert(text()?.length ?? 0, letters));
    type('one ');
    vi.advanceTimersByTime(500);
    setWall(ms);
    type('two ');
    vi.advanceTimersByTime(second);
    setWall(-ms);
    type('three');
    void ana.undo();
    expect(text()?.toJSON()).toBe('one two ');
    void ana.undo();
    expect(text()?.toJSON()).toBe('');
    ana.close();
  },
);
