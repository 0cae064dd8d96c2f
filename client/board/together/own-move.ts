import { isPrintable } from '../../parts/chord.ts';

/** Keys that move the view or the focus, or change something. */
const moving = new Set([
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'PageUp',
  'PageDown',
  'Home',
  'End',
  'Enter',
  'F2',
  'Backspace',
  'Delete',
  ' ',
]);

/**
 * Calls `moved` when a person scrolls, presses or types in the view. Returns a function that ends this. Bars, menus and
 * the banner are not the view.
 */
export function onOwnMove(view: HTMLElement, moved: () => void): () => void {
  const isIn = (target: EventTarget | null) =>
    target instanceof Element && view.contains(target) && !target.closest('[data-banner], [popover]');
  const pointed = ({ target }: Event) => {
    if (isIn(target)) moved();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || !(isIn(event.target) || event.target === document.body)) return;
    if (moving.has(event.key) || isPrintable(event)) moved();
  };
  window.addEventListener('wheel', pointed, { capture: true, passive: true });
  window.addEventListener('touchmove', pointed, { capture: true, passive: true });
  window.addEventListener('pointerdown', pointed, true);
  window.addEventListener('keydown', pressed, true);
  return () => {
    window.removeEventListener('wheel', pointed, true);
    window.removeEventListener('touchmove', pointed, true);
    window.removeEventListener('pointerdown', pointed, true);
    window.removeEventListener('keydown', pressed, true);
  };
}
