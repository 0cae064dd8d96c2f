import { describe, expect, test } from 'vitest';
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

describe('a box that fits neither below nor above its anchor', () => {
  const screen = { width: 400, height: 300 };
  const anchor = { left: 100, top: 140, right: 140, bottom: 170 };

  test('uses the height of the window, beside its anchor', () => {
    expect(placeBeside(anchor, { width: 100, height: 280 }, screen, false)).toEqual({
      x: 144,
      y: 12,
      maxHeight: 284,
    });
    expect(placeBeside(anchor, { width: 80, height: 280 }, screen, true).x).toBe(16);
  });

  test('goes to the other side if there is no room on the first', () => {
    const atEnd = { ...anchor, left: 340, right: 380 };
    expect(placeBeside(atEnd, { width: 100, height: 280 }, screen, false).x).toBe(236);
    expect(placeBeside(anchor, { width: 100, height: 280 }, screen, true).x).toBe(144);
  });

  test('covers the anchor if neither side has room', () => {
    expect(placeBeside(anchor, { width: 300, height: 280 }, screen, false)).toMatchObject({ x: 92, y: 12 });
  });

  test('gets shorter than a low window instead of being cut off', () => {
    const { y, maxHeight } = placeBeside(anchor, { width: 100, height: 900 }, screen, false);
    expect([y, y + maxHeight]).toEqual([8, 292]);
  });
});

test('initials are whole characters of the first and last name', () => {
  expect(initials('Ana Maria Lindqvist')).toBe('AL');
  expect(initials('ben')).toBe('B');
  expect(initials('👩🏽‍🎨 Åsa')).toBe('👩🏽‍🎨Å');
  expect(initials('   ')).toBe('');
  expect(initials('سارة الأحمد')).toBe('س\u200cا');
});
