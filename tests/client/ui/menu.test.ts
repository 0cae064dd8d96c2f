import { expect, test } from 'vitest';
import { initials } from '../../../client/ui/initials.ts';
import { lineAfter, lineTyped } from '../../../client/ui/menu.ts';
import { placeBeside } from '../../../client/ui/place.ts';

test('arrow keys wrap around a menu, Home and End go to its ends, other keys do nothing', () => {
  expect(lineAfter('ArrowDown', -1, 3)).toBe(0);
  expect(lineAfter('ArrowDown', 2, 3)).toBe(0);
  expect(lineAfter('ArrowUp', 0, 3)).toBe(2);
  expect(lineAfter('ArrowUp', -1, 3)).toBe(2);
  expect(lineAfter('Home', 2, 3)).toBe(0);
  expect(lineAfter('End', 0, 3)).toBe(2);
  expect(lineAfter('a', 0, 3)).toBeNull();
  expect(lineAfter('ArrowDown', -1, 0)).toBeNull();
});

test('typing selects an item by its first letters; repeating a letter selects the next match', () => {
  const labels = ['Move to…', 'Mark', 'Delete', 'Übergabe'];
  expect(lineTyped('m', labels, -1)).toBe(0);
  expect(lineTyped('m', labels, 0)).toBe(1);
  expect(lineTyped('mm', labels, 1)).toBe(0);
  expect(lineTyped('ma', labels, 0)).toBe(1);
  expect(lineTyped('ü', labels, 0)).toBe(3);
  expect(lineTyped('x', labels, 0)).toBeNull();
  expect(lineTyped('u', labels, 0)).toBe(3);
  expect(lineTyped('ا', ['سارة', '\u2068أحمد\u2069'], -1)).toBe(1);
});

test('a floating box opens below its anchor, above if there is more room, and stays on the screen', () => {
  const screen = { width: 400, height: 300 };
  const size = { width: 120, height: 100 };
  expect(placeBeside({ left: 20, top: 10, right: 60, bottom: 40 }, size, screen, false)).toMatchObject({
    x: 20,
    y: 44,
  });
  expect(placeBeside({ left: 20, top: 250, right: 60, bottom: 280 }, size, screen, false)).toMatchObject({
    x: 20,
    y: 146,
  });
  expect(placeBeside({ left: 380, top: 10, right: 395, bottom: 40 }, size, screen, false).x).toBe(272);
});

test('from right to left, a floating box aligns with the other edge of its anchor', () => {
  const screen = { width: 400, height: 300 };
  const anchor = { left: 200, top: 10, right: 260, bottom: 40 };
  expect(placeBeside(anchor, { width: 120, height: 100 }, screen, true).x).toBe(140);
});

test('a box taller than the available space gets shorter instead of being cut off', () => {
  const { y, maxHeight } = placeBeside(
    { left: 0, top: 60, right: 40, bottom: 90 },
    { width: 100, height: 900 },
    { width: 400, height: 300 },
    false,
  );
  expect(y + maxHeight).toBe(292);
});

test('initials are whole characters of the first and last name', () => {
  expect(initials('Ana Maria Lindqvist')).toBe('AL');
  expect(initials('ben')).toBe('B');
  expect(initials('👩🏽‍🎨 Åsa')).toBe('👩🏽‍🎨Å');
  expect(initials('   ')).toBe('');
  expect(initials('سارة الأحمد')).toBe('س\u200cا');
});
