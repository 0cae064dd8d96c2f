import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCard, markPersona, removeCards } from '$shared/collections/card.ts';
import { addLane } from '$shared/collections/lane.ts';
import { addPersona } from '$shared/collections/persona.ts';
import { addPhase, addStep } from '$shared/collections/phase.ts';
import { Board } from '../../client/model/board.svelte.ts';
import { closedStrip } from '../../client/views/map/lanes/strips.ts';

/** A server that never answers: the test needs only one screen. */
class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

const end = { after: null, before: null };
let board: Board;
beforeEach(() => {
  vi.stubGlobal('WebSocket', SilentSocket);
  board = new Board({ board: 'b', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
});
afterEach(() => {
  board.close();
  vi.unstubAllGlobals();
});

test('the row of a lane that shows no cards is closed', () => {
  const { editor } = board;
  const lane = addLane(editor, { title: 'Needs', type: 'text', group: 'customer' }, end);
  const lone = addPhase(editor, 'before', 'Without steps', end);
  const closed = (...personas: string[]) => closedStrip(board, board.journey, lane, new Set(personas));
  expect(closed()).toBeNull();

  const phase = addPhase(editor, 'during', 'Wait', end);
  const step = addStep(editor, phase, 'Sit', end);
  expect(closed()).toBe('steps');
  addCard(editor, { lane, phase: lone, step: null }, { text: 'In a phase without steps' });
  expect(closed()).toBe('steps');

  const below = addCard(editor, { lane, phase, step: null }, { text: 'In the phase' });
  expect(closed()).toBe('steps');
  const above = addCard(editor, { lane, phase, step }, { text: 'In the step' });
  expect(closed()).toBeNull();

  // A filter closes the rows that it empties.
  const [amina, lars] = [addPersona(editor, 'Amina'), addPersona(editor, 'Lars')];
  markPersona(editor, [above], amina, true);
  markPersona(editor, [below], lars, true);
  expect(closed(amina)).toBe('whole');
  expect(closed(lars)).toBe('steps');
  expect(closed(amina, lars)).toBeNull();

  removeCards(editor, [below]);
  expect(closed()).toBe('whole');
  removeCards(editor, [above]);
  expect(closed()).toBe('steps');
});
