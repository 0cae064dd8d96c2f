import type { Box } from './place.ts';

/** The edge of the window that toasts are at. */
export type ToastEdge = 'top' | 'bottom';

/** Space between the toasts and the top of the window, in pixels. */
const gapPx = 8;

/**
 * The edge at which toasts cover least of the focused element: the bottom, unless they cover less of it at the top.
 * @param toasts where the toasts are, at the bottom
 */
export function toastEdge(focused: Box, toasts: Box): ToastEdge {
  const height = toasts.bottom - toasts.top;
  const atTop = { ...toasts, top: gapPx, bottom: gapPx + height };
  return covered(focused, atTop) < covered(focused, toasts) ? 'top' : 'bottom';
}

/** The height of the part of a box that another one covers, in pixels. */
function covered(box: Box, by: Box): number {
  if (by.right <= box.left || by.left >= box.right) return 0;
  return Math.max(0, Math.min(box.bottom, by.bottom) - Math.max(box.top, by.top));
}
