import type { Box } from './place.ts';

/** The edge of the window that toasts are at. */
export type ToastEdge = 'top' | 'bottom';

/**
 * The edge at which toasts cover least of the focused element: the bottom, unless they cover less of it at the top.
 * @param toasts where the toasts are, at the bottom
 * @param top where they begin at the top, in pixels
 */
export function toastEdge(focused: Box, toasts: Box, top: number): ToastEdge {
  const atTop = { ...toasts, top, bottom: top + toasts.bottom - toasts.top };
  return covered(focused, atTop) < covered(focused, toasts) ? 'top' : 'bottom';
}

/** The height of the part of a box that another one covers, in pixels. */
function covered(box: Box, by: Box): number {
  if (by.right <= box.left || by.left >= box.right) return 0;
  return Math.max(0, Math.min(box.bottom, by.bottom) - Math.max(box.top, by.top));
}
