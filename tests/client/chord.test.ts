import { expect, test } from 'vitest';
import { presses } from '../../client/parts/chord.ts';

const key = (name: string, more: KeyboardEventInit = {}) =>
  new KeyboardEvent('keydown', { key: name, ...more });

test.each([
  ['Tab', key('Tab'), true],
  ['Tab', key('Tab', { shiftKey: true }), false],
  ['Shift+Tab', key('Tab', { shiftKey: true }), true],
  ['Shift+Tab', key('Tab'), false],
  ['Enter', key('Enter', { shiftKey: true }), false],
  ['Shift+Enter', key('Enter', { shiftKey: true }), true],
  ['Enter', key('Enter', { ctrlKey: true }), false],
  ['Mod+Enter', key('Enter', { ctrlKey: true }), true],
  ['Mod+Enter', key('Enter', { metaKey: true }), true],
  ['Mod+Z', key('z', { ctrlKey: true, code: 'KeyZ' }), true],
  ['Mod+Z', key('Z', { ctrlKey: true, shiftKey: true, code: 'KeyZ' }), false],
  ['Mod+Z', key('я', { ctrlKey: true, code: 'KeyZ' }), true],
  ['N', key('N', { shiftKey: true, code: 'KeyN' }), false],
  ['N', key('N', { code: 'KeyN' }), true],
  ['?', key('?', { shiftKey: true, code: 'Minus' }), true],
  ['?', key('?'), true],
  ['N', key('ى', { code: 'KeyN' }), true],
  ['N', key('n', { altKey: true, code: 'KeyN' }), false],
  ['1', key('&', { code: 'Digit1' }), true],
  ['1', key('1', { code: 'Numpad1' }), true],
  ['1', key('1', { shiftKey: true, code: 'Digit1' }), true],
  ['1', key('End', { code: 'Numpad1' }), false],
  ['I', key('İ', { code: 'Quote' }), true],
  ['ArrowUp', key('ArrowUp', { shiftKey: true }), false],
  ['1', key('!', { shiftKey: true, code: 'Digit1' }), false],
  ['ArrowUp', key('ArrowUp', { altKey: true }), false],
  ['Space', key(' '), true],
])('%s: matches only its own key events (%#)', (chord, event, expected) => {
  expect(presses(event, chord)).toBe(expected);
});
