import { expect, test } from 'vitest';
import { toastEdge } from '../../../client/ui/toast-edge.ts';

/** Two lines of a toast at the bottom of a window of 360 by 225 pixels. */
const toasts = { left: 60, right: 300, top: 160, bottom: 220 };
const box = (top: number, bottom: number, left = 100, right = 250) => ({ left, right, top, bottom });

test('toasts are at the bottom, unless they cover the focused element there', () => {
  expect(toastEdge(box(60, 150), toasts, 8)).toBe('bottom');
  expect(toastEdge(box(80, 200), toasts, 8)).toBe('top');
});

test('toasts stay at the bottom if the focused element is beside them', () => {
  expect(toastEdge(box(170, 200, 305, 355), toasts, 8)).toBe('bottom');
});

test('toasts go where they cover less of an element that is as high as the window', () => {
  expect(toastEdge(box(0, 190), toasts, 8)).toBe('bottom');
  expect(toastEdge(box(50, 225), toasts, 8)).toBe('top');
});

test('toasts do not move for an element that they cover as much at the top', () => {
  expect(toastEdge(box(0, 225), toasts, 8)).toBe('bottom');
});
