import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCard, cards } from '$shared/collections/card.ts';
import { addLane } from '$shared/collections/lane.ts';
import { addPersona } from '$shared/collections/persona.ts';
import { addPhase, addStep } from '$shared/collections/phase.ts';
import { Board } from '../../client/model/board.svelte.ts';
import type { Action } from '../../client/parts/action.ts';
import { personasInOrder } from '../../client/parts/personas.ts';
import { Workspace } from '../../client/parts/workspace.svelte.ts';
import * as ofCard from '../../client/views/map/actions/card-menu.ts';
import * as ofHead from '../../client/views/map/actions/heads-menu.ts';
import type { MapTarget } from '../../client/views/map/actions/target.ts';
import { MapState } from '../../client/views/map/map-state.svelte.ts';

/** A server that never answers: the tests need only one screen. */
class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

let board: Board;
let map: MapState;
const said = vi.fn<(message: string, undo?: boolean) => void>();

beforeEach(() => {
  vi.stubGlobal('WebSocket', SilentSocket);
  board = new Board({ board: 'b', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
  board.connection.role = 'facilitator';
  map = new MapState(new Workspace(board, 'ana', said, vi.fn()));
});

afterEach(() => {
  board.close();
  said.mockReset();
  vi.unstubAllGlobals();
});

const end = { after: null, before: null };

/** What is said when each action is chosen once, and which of the actions offer to undo. */
function choose(actions: readonly Action<MapTarget>[], at: Pick<MapTarget, 'focus' | 'card'>): string[] {
  said.mockReset();
  const target = { map, element: document.body, ...at };
  for (const action of actions) if (action.may(target)) action.run(target);
  expect(said.mock.calls.every(([, undo]) => undo)).toBe(true);
  return said.mock.calls.map(([message]) => message);
}

test('each choice in the menu of a card says what it did, to how many cards', () => {
  const phase = addPhase(board.editor, 'during', 'Ride', end);
  const lane = (type: 'text' | 'channel') =>
    addLane(board.editor, { title: type, type, group: 'frontstage' }, end);
  const put = (at: string) => addCard(board.editor, { lane: at, phase, step: null }, { text: 'Waits' });
  addPersona(board.editor, 'Lars');
  const doing = lane('text');
  const [card, other] = [put(doing), put(doing)];
  const on = (id: string) =>
    ({ focus: { kind: 'cell', cell: { lane: doing, phase, step: null } }, card: id }) as const;
  const marks = ofCard.marks(personasInOrder(board));

  expect(choose(ofCard.evidence.slice(2, 3), on(card))).toEqual(['Evidence: Confirmed']);
  expect(choose([...ofCard.mode, ...ofCard.mode.slice(-1)], on(card))).toEqual([
    'Where it happens: Digital',
    'Where it happens: In person',
    'Where it happens: not set',
  ]);
  expect(choose([...marks, ...marks], on(card))).toEqual([
    'Card marked with Lars',
    'Card no longer marked with Lars',
  ]);
  const channel = put(lane('channel'));
  expect(choose([...ofCard.support.slice(0, 1), ...ofCard.support.slice(0, 1)], on(channel))).toEqual([
    'Support: strong support',
    'Support: not set',
  ]);

  const decided = ofCard.decision.slice(0, 1);
  expect(choose([...decided, ...decided], on(card))).toEqual(['Decision: Decided', 'Decision: not set']);
  expect(choose([...ofCard.lock, ...ofCard.lock], on(card))).toEqual([
    'Locked: only facilitators can change it.',
    'Unlocked',
  ]);

  map.selection.set([card, other]);
  expect(choose([...ofCard.evidence.slice(0, 1), ...ofCard.mode.slice(0, 1), ...marks], on(card))).toEqual([
    'Evidence: Assumption (2 cards)',
    'Where it happens: Digital (2 cards)',
    '2 cards marked with Lars',
  ]);
});

test('each choice in the menu of a step and of a lane says what it did', () => {
  const phase = addPhase(board.editor, 'during', 'Ride', end);
  const step = addStep(board.editor, phase, 'Sit', end);
  const lane = addLane(board.editor, { title: 'Doing', type: 'text', group: 'customer' }, end);
  const head = (kind: 'step' | 'lane', id: string) => ({ focus: { kind, id }, card: null });
  expect(choose([...ofHead.ofStep, ...ofHead.ofStep], head('step', step))).toEqual([
    'Moment of truth: Sit',
    'No longer a moment of truth: Sit',
  ]);
  const line = ofHead.lines.slice(0, 1);
  expect(choose([...line, ...line], head('lane', lane))).toEqual([
    'Line below: Line of interaction',
    'Line below: not set',
  ]);
  expect(choose([...ofHead.lock, ...ofHead.lock], head('lane', lane))).toEqual([
    'Locked: only facilitators can change it.',
    'Unlocked',
  ]);
});

test('only facilitators mark decisions and lock', () => {
  const phase = addPhase(board.editor, 'during', 'Ride', end);
  const lane = addLane(board.editor, { title: 'Doing', type: 'text', group: 'customer' }, end);
  const cell = { lane, phase, step: null };
  const card = addCard(board.editor, cell, { text: 'Waits' });
  board.connection.role = 'participant';
  const actions = [...ofCard.decision, ...ofCard.lock, ...ofCard.moreForLeaders];
  expect(choose(actions, { focus: { kind: 'cell', cell }, card })).toEqual([]);
  expect(choose(ofHead.lock, { focus: { kind: 'lane', id: lane }, card: null })).toEqual([]);
  expect(board.of(cards).get(card)).toMatchObject({ decision: null, locked: false });
});
