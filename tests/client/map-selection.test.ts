import { expect, test } from 'vitest';
import { Selection } from '../../client/views/map/selection.svelte.ts';

test('a clicked card is selected alone, until the focus moves to another', () => {
  const selection = new Selection();
  selection.set(['a', 'b']);
  selection.click('c');
  expect(selection.ids).toEqual(['c']);
  expect([selection.has('a'), selection.has('c')]).toEqual([false, true]);
  selection.focusMoved('c');
  expect(selection.ids).toEqual(['c']);
  selection.focusMoved('d');
  expect(selection.ids).toEqual([]);
  expect(selection.has('c')).toBe(false);
});

test('a selection that is built up stays when the focus moves', () => {
  const selection = new Selection();
  selection.click('a');
  selection.toggle('b');
  selection.focusMoved(null);
  expect(selection.ids).toEqual(['a', 'b']);
  selection.toggle('a');
  expect(selection.ids).toEqual(['b']);
});

test('a range that begins at a clicked card keeps it, and one that passes a selected card takes it out', () => {
  const selection = new Selection();
  selection.click('a');
  selection.extend('a');
  selection.extend('b');
  expect(selection.ids).toEqual(['a', 'b']);
  selection.extend('b');
  expect(selection.ids).toEqual(['a']);
});

test('an action on a selected card applies to the selection; on another card, to that card', () => {
  const selection = new Selection();
  selection.set(['a', 'b']);
  expect(selection.with('b')).toEqual(['a', 'b']);
  expect(selection.with('c')).toEqual(['c']);
});
