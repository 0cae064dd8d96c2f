import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCard, markPersona, removeCards } from '$shared/collections/card.ts';
import { addLane } from '$shared/collections/lane.ts';
import { addPersona } from '$shared/collections/persona.ts';
import { addPhase } from '$shared/collections/phase.ts';
import { Board } from '../../client/model/board.svelte.ts';
import { hiddenBy } from '../../client/views/map/cells.ts';

/** A server that never answers: the test needs only one screen. */
class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

let board: Board;
beforeEach(() => {
  vi.stubGlobal('WebSocket', SilentSocket);
  board = new Board({ board: 'b', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
});
afterEach(() => {
  board.close();
  vi.unstubAllGlobals();
});

test('a filter says how many cards it hides; a card of two chosen personas counts once', () => {
  const { editor } = board;
  const end = { after: null, before: null };
  const phase = addPhase(editor, 'during', 'Wait', end);
  const lane = addLane(editor, { title: 'Needs', type: 'text', group: 'customer' }, end);
  const cell = { lane, phase, step: null };
  const [amina, lars] = [addPersona(editor, 'Amina'), addPersona(editor, 'Lars')];
  const both = addCard(editor, cell, { text: 'Both' });
  const one = addCard(editor, cell, { text: 'Amina alone' });
  addCard(editor, cell, { text: 'Nobody' });
  for (const persona of [amina, lars]) markPersona(editor, [both], persona, true);
  markPersona(editor, [one], amina, true);

  expect(hiddenBy(board, new Set())).toBe(0);
  expect(hiddenBy(board, new Set([amina]))).toBe(1);
  expect(hiddenBy(board, new Set([lars]))).toBe(2);
  expect(hiddenBy(board, new Set([amina, lars]))).toBe(1);
  removeCards(editor, [one]);
  expect(hiddenBy(board, new Set([lars]))).toBe(1);
});
