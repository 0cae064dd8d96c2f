import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addCard, removeCards } from '$shared/collections/card.ts';
import { emotionKey, emotions } from '$shared/collections/emotion.ts';
import { addIdea, setIdeaPlace } from '$shared/collections/idea.ts';
import { phases, addPhase, addStep, removeStep } from '$shared/collections/phase.ts';
import { rootOf } from '$shared/schema/read.ts';
import { writeText } from '$shared/schema/text-splice.ts';
import { Board } from '../../client/model/board.svelte.ts';

/** A server that never answers: the test needs only one screen. */
class SilentSocket {
  binaryType = '';
  close(): void {}
  send(): void {}
}

let board: Board;
let phase: string;
const end = { after: null, before: null };
beforeEach(() => {
  vi.stubGlobal('WebSocket', SilentSocket);
  board = new Board({ board: 'b', person: 'ana', origin: 'http://localhost' }, { ended: vi.fn() });
  phase = addPhase(board.editor, 'during', '', end);
});
afterEach(() => {
  board.close();
  vi.unstubAllGlobals();
});

const isBlank = () => board.isBlank(phases, phase);

test('a phase without texts that nothing names is blank; one that does not exist is not', () => {
  expect(isBlank()).toBe(true);
  expect(board.isBlank(phases, 'none')).toBe(false);
});

test.each(['title', 'goal'])('a phase with a %s is not blank', (field) => {
  writeText(board.editor, phases, phase, field, 'Text');
  expect(isBlank()).toBe(false);
  writeText(board.editor, phases, phase, field, ' ');
  expect(isBlank()).toBe(true);
});

test('a phase with a step, a card or an idea is not blank, until they are removed', () => {
  const { editor } = board;
  const step = addStep(editor, phase, '', end);
  expect(isBlank()).toBe(false);
  removeStep(editor, step);
  expect(isBlank()).toBe(true);
  const card = addCard(editor, { lane: 'l', phase, step: null });
  expect(isBlank()).toBe(false);
  removeCards(editor, [card]);
  expect(isBlank()).toBe(true);
  setIdeaPlace(editor, addIdea(editor, { title: 'Idea' }), { phase, step: null });
  expect(isBlank()).toBe(false);
});

test('a phase with an emotion is not blank', () => {
  const emotion = { persona: 'p', phase, emotion: 'calm', presence: 'present', seen: 'assumption' } as const;
  rootOf(board.editor.doc, emotions).set(emotionKey(emotion), emotion);
  expect(isBlank()).toBe(false);
});
