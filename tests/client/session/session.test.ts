import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addCard, cards, lockCards } from '$shared/collections/card.ts';
import { addLane, lockLane, removeLane } from '$shared/collections/lane.ts';
import { addPhase } from '$shared/collections/phase.ts';
import { emotions } from '$shared/collections/emotion.ts';
import type { Act } from '$shared/session/session.ts';
import { rightsOf } from '../../../client/board/session/rights.ts';
import { AgendaModel } from '../../../client/model/session/agenda.svelte.ts';
import { Board } from '../../../client/model/board.svelte.ts';
import { SessionModel } from '../../../client/model/session/session.svelte.ts';
import { command } from '../../../client/model/api/session.ts';
import { Workspace } from '../../../client/parts/workspace.svelte.ts';
import { takenFrom } from '../../../client/parts/taken.ts';
import { itemNamed, viewOf } from './views.ts';

class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

const failure = { ok: false, code: 'unreachable', message: '', status: 0 } as const;
const routes = {
  readSession: vi.fn(() => Promise.resolve(failure)),
  command: vi.fn(() => Promise.resolve({ ok: true, value: { version: 2 } } as const)),
  readLog: vi.fn(() => Promise.resolve({ ok: true, value: [] } as const)),
};
let board: Board;
let session: SessionModel;

beforeEach(() => {
  vi.stubGlobal('WebSocket', SilentSocket);
  board = new Board({ board: 'b', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
  board.connection.role = 'participant';
  session = new SessionModel(board, 'ana', routes);
  board.rights = rightsOf(session);
});

afterEach(() => {
  session.close();
  board.close();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

/** The server's state arrives. */
function tell(...given: Parameters<typeof viewOf>): void {
  board.connection.session = viewOf(...given);
  flushSync();
}

describe('the session of a page', () => {
  test('keeps the newest state, and drops an older one and what is none', () => {
    tell({ version: 5, item: 'b' }, { item: itemNamed('b') });
    tell({ version: 4, item: 'a' }, { item: itemNamed('a') });
    board.connection.session = { version: 9 };
    flushSync();
    expect(session.item?.id).toBe('b');
    expect(session.session?.version).toBe(5);
  });

  test('takes whatever version a server has that welcomes it anew', () => {
    tell({ version: 5 });
    board.connection.session = null;
    flushSync();
    tell({ version: 2 });
    expect(session.session?.version).toBe(2);
  });

  test('gives the person the role that the session sets, live', () => {
    tell({ version: 1, roles: { ana: 'facilitator' } });
    expect(board.connection.role).toBe('facilitator');
    tell({ version: 2, roles: { ana: 'observer', ben: 'facilitator' } });
    expect(board.connection.role).toBe('observer');
  });

  test('says with an act which item it saw running, if the act depends on that', async () => {
    tell({ item: 'a' }, { item: itemNamed('a') });
    await session.do({ do: 'next' });
    await session.do({ do: 'timer-add', seconds: 60 });
    expect(routes.command.mock.calls).toEqual([
      ['b', 'ana', { do: 'next' }, 'a'],
      ['b', 'ana', { do: 'timer-add', seconds: 60 }, undefined],
    ]);
  });

  test('reads the log on a facilitator’s page alone, at each change', async () => {
    tell({ version: 1 });
    expect(routes.readLog).not.toHaveBeenCalled();
    tell({ version: 2, roles: { ana: 'facilitator' } });
    tell({ version: 3, roles: { ana: 'facilitator' } });
    await vi.waitFor(() => expect(session.log).toEqual([]));
    expect(routes.readLog).toHaveBeenCalledTimes(2);
  });
});

describe('what a participant may do now', () => {
  const refusal = (...what: Parameters<NonNullable<Board['rights']>['refusal']>) =>
    board.rights?.refusal(...what);

  function twoCards() {
    const end = { after: null, before: null };
    const lane = addLane(board.editor, { title: 'Needs', type: 'text', group: 'customer' }, end);
    const other = addLane(board.editor, { title: 'Activities', type: 'text', group: 'customer' }, end);
    const phase = addPhase(board.editor, 'before', 'Plan', end);
    const own = addCard(board.editor, { lane, phase, step: null });
    const others = addCard(board.editor, { lane: other, phase, step: null });
    vi.spyOn(board.of(cards), 'get').mockImplementation((id) => {
      const record = board.of(cards).entry(id ?? '').record;
      return record && { ...record, author: id === own ? 'ana' : 'ben' };
    });
    return { own, others, lane, other, phase };
  }

  test('nothing is forbidden before the server has said anything', () => {
    expect(refusal('add', cards)).toBeNull();
  });

  test('is by the author of the record, with the reason in words', () => {
    const { own, others } = twoCards();
    tell({});
    expect(refusal('edit', cards, [own])).toBeNull();
    expect(refusal('edit', cards, [own, others])).toBe('You can edit only your own cards and ideas now.');
    expect(refusal('remove', cards, [others])).toBe('You can delete only your own cards and ideas now.');
    expect(refusal('move', cards, [others])).toBeNull();
    tell({ version: 2 }, { allows: { moveOwn: false, moveOthers: false, mark: false } });
    expect(refusal('move', cards, [own])).toBe('Only facilitators can move cards now.');
    expect(refusal('mark', emotions)).toBe('Only facilitators can mark emotions now.');
  });

  test('is limited to the lanes and phases in focus, where cards are and where they go', () => {
    const { own, lane, other, phase } = twoCards();
    tell({}, { allows: { focus: { lanes: [lane], phases: [] } } });
    expect(refusal('add', cards, [], { lane, phase })).toBeNull();
    expect(refusal('add', cards, [], { lane: other, phase })).toMatch(/in focus/);
    expect(refusal('move', cards, [own], { lane: other, phase })).toMatch(/in focus/);
    removeLane(board.editor, lane);
    expect(refusal('add', cards, [], { lane: other, phase })).toBeNull();
  });

  test('a facilitator is bound by no policy, but by a freeze', () => {
    tell({ roles: { ana: 'facilitator' } }, { allows: { add: false } });
    expect(refusal('add', cards)).toBeNull();
    tell({ version: 2, roles: { ana: 'facilitator' }, frozenBy: 'ben' });
    expect(refusal('add', cards)).toMatch(/frozen/);
    const workspace = new Workspace(board, 'ana', vi.fn(), vi.fn());
    expect(workspace.may('structure')).toBe(false);
    expect(workspace.may('invite')).toBe(true);
    tell({ version: 3, roles: { ana: 'facilitator' } });
    expect(workspace.may('structure')).toBe(true);
  });

  test('after the time of an item that closes then, the reason is the time', () => {
    tell({ isClosed: true }, { allows: { add: false } });
    expect(refusal('add', cards)).toBe('Time is up. You can only look now.');
  });

  test('a policy that comes while the person writes takes the card from them, with its reason', () => {
    const { own } = twoCards();
    tell({});
    expect(takenFrom(board, { of: cards, id: own })).toBeNull();
    tell({ version: 2 }, { allows: { add: false, editOwn: false } });
    expect(takenFrom(board, { of: cards, id: own })?.refusal).toBe('Only facilitators can edit now.');
    expect(takenFrom(board, { of: cards, id: own }, 'move')).toBeNull();
  });

  test('the reason is shown only to those whose role would allow it', () => {
    const said = vi.fn();
    const workspace = new Workspace(board, 'ana', said, vi.fn());
    tell({}, { allows: { add: false } });
    expect(workspace.permits('add', cards)).toBe(false);
    expect(said).toHaveBeenCalledExactlyOnceWith('Only facilitators can add now.');
    board.connection.role = 'observer';
    expect(workspace.permits('add', cards)).toBe(false);
    expect(said).toHaveBeenCalledTimes(1);
  });
});

describe('the agenda of a page', () => {
  const answer = (version: number) =>
    ({ ok: true, value: { items: [itemNamed(`v${version}`)], version } }) as const;

  test('is read only while it is on the screen, and when the server has another version', async () => {
    const readAgenda = vi.fn(() => Promise.resolve(answer(1)));
    const agenda = new AgendaModel('b', 'ana', { readAgenda, writeAgenda: vi.fn() });
    agenda.receive(1);
    expect(readAgenda).not.toHaveBeenCalled();
    const hide = agenda.show();
    await vi.waitFor(() => expect(agenda.version).toBe(1));
    agenda.receive(1);
    expect(readAgenda).toHaveBeenCalledTimes(1);
    readAgenda.mockResolvedValue(answer(2));
    agenda.receive(2);
    await vi.waitFor(() => expect(agenda.version).toBe(2));
    hide();
    agenda.receive(3);
    expect(readAgenda).toHaveBeenCalledTimes(2);
  });

  test('of somebody who was faster is read when a change is refused', async () => {
    const moved = { ok: false, code: 'agenda-moved', message: '', status: 412 } as const;
    const writeAgenda = vi.fn(() => Promise.resolve(moved));
    const agenda = new AgendaModel('b', 'ana', { readAgenda: () => Promise.resolve(answer(4)), writeAgenda });
    expect(await agenda.write([])).toEqual(moved);
    expect(agenda.version).toBe(4);
  });
});

describe('a command', () => {
  afterEach(() => void vi.useRealTimers());

  test('is sent again with the same id if no answer comes', async () => {
    vi.useFakeTimers();
    const sent: unknown[] = [];
    const answers = [null, null, new Response('{"version":3}')];
    vi.stubGlobal('fetch', (_path: string, { body }: { body: string }) => {
      sent.push(JSON.parse(body));
      const next = answers.shift();
      return next ? Promise.resolve(next) : Promise.reject(new TypeError('no network'));
    });
    const act: Act = { do: 'next' };
    const answer = command('b', 'ana', act, 'a');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await answer).toEqual({ ok: true, value: { version: 3 } });
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map((one) => (one as { id: string }).id)).size).toBe(1);
    expect(sent[0]).toMatchObject({ do: 'next', from: 'a' });
  });

  test('that was refused is not sent again', async () => {
    const refused = JSON.stringify({ error: { code: 'session-moved', message: '' } });
    const fetch = vi.fn(() => Promise.resolve(new Response(refused, { status: 409 })));
    vi.stubGlobal('fetch', fetch);
    expect(await command('b', 'ana', { do: 'next' }, 'a')).toMatchObject({ code: 'session-moved' });
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

describe('a lock', () => {
  test('keeps a participant from a record, and from a lane, also while no session is known', () => {
    const end = { after: null, before: null };
    const phase = addPhase(board.editor, 'during', 'Ride', end);
    const lane = addLane(board.editor, { title: 'Doing', type: 'text', group: 'customer' }, end);
    const card = addCard(board.editor, { lane, phase, step: null }, { text: 'Waits' });
    const refused = () => session.limit('edit', cards, [card]);
    expect(refused()).toBeNull();
    lockCards(board.editor, [card], true);
    expect(refused()).toBe('locked');
    lockCards(board.editor, [card], false);
    lockLane(board.editor, lane, true);
    expect(refused()).toBe('locked');
    expect(session.limit('add', cards, [], { lane, phase })).toBe('locked');
    board.connection.role = 'facilitator';
    expect(refused()).toBeNull();
  });
});
