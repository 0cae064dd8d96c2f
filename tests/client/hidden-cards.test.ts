import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCard, markPersona, removeCards } from '$shared/collections/card.ts';
import { markEmotion, placePoint } from '$shared/collections/emotion.ts';
import { addIdea, setIdeaState } from '$shared/collections/idea.ts';
import { addLane } from '$shared/collections/lane.ts';
import { addPersona } from '$shared/collections/persona.ts';
import { addPhase } from '$shared/collections/phase.ts';
import { Board } from '../../client/model/board.svelte.ts';
import { hiddenBy } from '../../client/views/map/hidden.ts';

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

  const hidden = (...personas: string[]) => hiddenBy(board, new Set(personas)).cards;
  expect(hidden()).toBe(0);
  expect(hidden(amina)).toBe(1);
  expect(hidden(lars)).toBe(2);
  expect(hidden(amina, lars)).toBe(1);
  removeCards(editor, [one]);
  expect(hidden(lars)).toBe(1);
});

test('it also says how many ideas, and the emotions and curves of how many personas, if the map has their lanes', () => {
  const { editor } = board;
  const end = { after: null, before: null };
  const phase = addPhase(editor, 'during', 'Wait', end);
  const [amina, lars, kim] = ['Amina', 'Lars', 'Kim'].map((name) => addPersona(editor, name));
  const place = { phase, step: null };
  addIdea(editor, { title: 'Of Amina', place, personas: [amina ?? ''] });
  addIdea(editor, { title: 'Of nobody', place });
  addIdea(editor, { title: 'Nowhere' });
  setIdeaState(editor, addIdea(editor, { title: 'Dropped', place }), 'dropped');
  markEmotion(editor, { persona: lars ?? '', phase, emotion: 'calm' }, 'present');
  placePoint(editor, { persona: kim ?? '', phase }, 1);
  const hidden = () => hiddenBy(board, new Set([amina ?? '']));

  expect(hidden()).toEqual({ cards: 0, ideas: 0, personas: 0 });
  addLane(editor, { title: 'Emotions', type: 'emotion', group: 'customer' }, end);
  expect(hidden()).toEqual({ cards: 0, ideas: 0, personas: 1 });
  addLane(editor, { title: 'Curve', type: 'curve', group: 'customer' }, end);
  addLane(editor, { title: 'Ideas', type: 'idea', group: 'analysis' }, end);
  expect(hidden()).toEqual({ cards: 0, ideas: 1, personas: 2 });
});
