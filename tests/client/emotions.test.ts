import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Emotion } from '../../shared/collections/emotion.ts';
import {
  emotionKey,
  emotions,
  experience,
  markEmotion,
  placePoint,
} from '../../shared/collections/emotion.ts';
import { openRoots } from '../../shared/documents.ts';
import { PlainEditor } from '../../shared/schema/editor.ts';
import { rootOf } from '../../shared/schema/read.ts';
import type { Board } from '../../client/model/board.svelte.ts';
import { Store } from '../../client/model/store/store.svelte.ts';
import { marksAt, placedAt } from '../../client/views/map/lanes/emotions.ts';

const at = { persona: 'lars', phase: 'p' };

/** The signals and points of a board, over a document that Fia changes. */
function openEmotions() {
  const doc = new Y.Doc();
  openRoots(doc);
  // Both functions read only the collections of a board.
  const board = new Store(doc) as unknown as Board;
  const words = (phase: string, persona = at.persona) =>
    marksAt(board, persona, phase)
      .map(({ emotion }) => emotion)
      .sort();
  return { doc, board, words, fia: new PlainEditor(doc, 'fia') };
}

test('only the emotions of the given persona and phase are returned, and they follow changes', () => {
  const { fia, words, board } = openEmotions();
  expect(words('p')).toEqual([]);
  markEmotion(fia, { ...at, emotion: 'calm' }, 'present');
  markEmotion(fia, { ...at, emotion: 'resigned' }, 'absent', 'survey');
  markEmotion(fia, { ...at, phase: 'q', emotion: 'calm' }, 'present');
  markEmotion(fia, { ...at, persona: 'amina', emotion: 'calm' }, 'present');
  expect([words('p'), words('q'), words('p', 'amina')]).toEqual([['calm', 'resigned'], ['calm'], ['calm']]);
  markEmotion(fia, { ...at, emotion: 'calm' }, 'absent');
  expect(marksAt(board, 'lars', 'p').map(({ presence }) => presence)).toEqual(['absent', 'absent']);
  markEmotion(fia, { ...at, emotion: 'calm' }, null);
  expect(words('p')).toEqual(['resigned']);
});

test('malformed signals are ignored; a signal is found by its content, whatever its key', () => {
  const { doc, words } = openEmotions();
  const good: Emotion = { ...at, emotion: 'calm', presence: 'present', seen: 'interview' };
  rootOf(doc, emotions).set('any key', good);
  rootOf(doc, emotions).set(emotionKey({ ...at, emotion: 'resigned' }), { ...good, emotion: 'bored' });
  expect(words('p')).toEqual(['calm']);
});

test('the point of a phase follows placing, moving and removing; other phases have none', () => {
  const { fia, board } = openEmotions();
  const value = () => placedAt(board, 'lars', 'p');
  expect(value()).toBeNull();
  for (const placed of [1.5, 0, -2, null, 2]) {
    placePoint(fia, at, placed);
    expect(value()).toBe(placed);
  }
  expect([placedAt(board, 'lars', 'q'), placedAt(board, 'amina', 'p')]).toEqual([null, null]);
});

test('of two points for one persona and phase, all pages use the one with the lowest key', () => {
  const { doc, board, fia } = openEmotions();
  const points = rootOf(doc, experience);
  // A program may choose other keys than the page does.
  points.set('z', { ...at, value: 2 });
  points.set('b', { ...at, value: 1 });
  expect(placedAt(board, 'lars', 'p')).toBe(1);
  points.set('a', { ...at, value: -1 });
  expect(placedAt(board, 'lars', 'p')).toBe(-1);

  // Another page, which reads all points at once.
  const copy = new Y.Doc();
  openRoots(copy);
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  expect(placedAt(new Store(copy) as unknown as Board, 'lars', 'p')).toBe(-1);

  points.set('a', { ...at, value: 0.25 });
  expect(placedAt(board, 'lars', 'p'), 'a value between half steps is malformed').toBe(1);
  points.set('b', { ...at, phase: 'q', value: 1 });
  expect([placedAt(board, 'lars', 'p'), placedAt(board, 'lars', 'q')]).toEqual([2, 1]);
  points.delete('z');
  expect(placedAt(board, 'lars', 'p')).toBeNull();
  placePoint(fia, at, 0.5);
  expect(placedAt(board, 'lars', 'p')).toBe(0.5);
});
