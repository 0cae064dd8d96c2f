import { pointY, valueAt } from './curve-drawing.ts';

/** A pointer must move this far before a press on a point becomes a drag. */
const slackPx = 3;

/**
 * Drags a point of the curve by mouse, pen or finger, from the press on its button until the pointer is released. The
 * point keeps its distance from the pointer. Escape cancels, and so does the removal of the button. Nothing is written
 * until the drop. Returns a function that cancels the drag.
 */
export function holdPoint(
  pressed: PointerEvent,
  button: HTMLElement,
  on: {
    /** The value of the point before the drag. */
    readonly value: number;
    /** The top of the row on the screen, in pixels. */
    top(): number;
    /** The value at which the point would land, at most once per animation frame. `null` when the drag ends. */
    show(value: number | null): void;
    dropped(value: number): void;
  },
): () => void {
  const { pointerId } = pressed;
  const offset = pressed.clientY - on.top() - pointY(on.value);
  let y = pressed.clientY;
  let isDrag = false;
  let frame = 0;
  const over = new AbortController();

  const landing = () => valueAt(y - on.top() - offset);
  const draw = () => {
    frame = 0;
    if (button.isConnected) on.show(landing());
    else end();
  };
  const move = (event: PointerEvent) => {
    if (event.pointerId !== pointerId) return;
    y = event.clientY;
    isDrag ||= Math.abs(y - pressed.clientY) >= slackPx;
    if (isDrag) frame ||= requestAnimationFrame(draw);
  };
  const drop = (event: PointerEvent) => {
    if (event.pointerId !== pointerId) return;
    const value = isDrag && button.isConnected ? landing() : null;
    end();
    if (value !== null) on.dropped(value);
  };
  const release = (event: PointerEvent) => {
    if (event.pointerId === pointerId) end();
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    end();
  };
  // A long press on a touch screen is a slow drag.
  const keepClosed = (event: Event) => event.preventDefault();

  function end() {
    cancelAnimationFrame(frame);
    over.abort();
    on.show(null);
  }

  const { signal } = over;
  button.setPointerCapture(pointerId);
  // On the window, since a button that others remove hears nothing more.
  window.addEventListener('pointermove', move, { signal });
  window.addEventListener('pointerup', drop, { signal });
  window.addEventListener('pointercancel', release, { signal });
  window.addEventListener('contextmenu', keepClosed, { signal, capture: true });
  window.addEventListener('keydown', escape, { signal, capture: true });
  return end;
}
