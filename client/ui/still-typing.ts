import { isComposing } from './composing.ts';

/** A writer who pauses this long has noticed that the field is gone. */
const pauseMs = 1_000;

const edits = new Set(['Enter', 'Backspace', 'Delete', 'Tab']);
let timer = 0;

function end(): void {
  clearTimeout(timer);
  timer = 0;
}

function swallow(event: KeyboardEvent): void {
  if (timer === 0) return;
  const isTyped = event.key.length === 1 || edits.has(event.key) || isComposing(event);
  if (event.ctrlKey || event.altKey || event.metaKey || (!isTyped && event.key !== 'Shift')) return end();
  event.preventDefault();
  event.stopImmediatePropagation();
  stillTyping();
}

// From the start, so that these listeners are called before those of the page.
addEventListener('keydown', swallow, { capture: true });
addEventListener('pointerdown', end, { capture: true });

/**
 * The field that a person types in was taken away by somebody else. The rest of the sentence must neither command
 * anything nor go into another record: letters do nothing until the person pauses or presses something else.
 */
export function stillTyping(): void {
  clearTimeout(timer);
  timer = window.setTimeout(end, pauseMs);
}
