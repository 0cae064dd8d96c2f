import { expect, test, vi } from 'vitest';
import type { BoardTarget } from '../../client/board/actions.ts';
import { shortcut } from '../../client/board/shortcuts.ts';
import { views } from '../../client/board/views.ts';

const openHelp = vi.fn();
const go = vi.fn();
const target = { workspace: { letterKeys: true, may: () => false }, openHelp } as unknown as BoardTarget;
const press = shortcut({ target: () => target, views: () => views, go });

/** Presses keys one after the other; returns those that were taken from the view. */
const taken = (...keys: readonly string[]) =>
  keys.filter((key) => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true });
    press(event);
    return event.defaultPrevented;
  });

test('G and the letter of a view open it', () => {
  expect(taken('g', 'i')).toEqual(['i']);
  expect(go).toHaveBeenCalledExactlyOnceWith('ideas');
});

test('a key after G that opens no view acts as it does alone', () => {
  expect(taken('g', '?')).toEqual(['?']);
  expect(openHelp).toHaveBeenCalledOnce();
});
