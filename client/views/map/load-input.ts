import { flushSync } from 'svelte';
import { isComposing } from '../../ui/composing.ts';
import { typesCharacter } from '../../ui/typed-key.ts';
import { t } from '../../text/messages.svelte.ts';
import { toast } from '../../ui/toasts.svelte.ts';
import { lazy } from './lazy.ts';
import type { Input, MapState } from './map-state.svelte.ts';

/** Gives the map its keys, drags and fields. Returns null, and shows how to go on, if they cannot be fetched. */
export async function loadInput(map: MapState): Promise<Input | null> {
  try {
    map.input = await lazy.input();
  } catch {
    map.early.length = 0;
    toast(t('error.unreachable'), {
      tone: 'warning',
      action: { label: t('notice.reload'), run: () => location.reload() },
    });
    return null;
  }
  let last: EventTarget | null = null;
  for (const event of map.early.splice(0)) {
    // Somebody moved the focus between two keys. Otherwise the keys themselves move it.
    if (event.target !== last && event.target instanceof HTMLElement) event.target.focus();
    last = event.target;
    // The focused card gets its hidden field.
    flushSync();
    pressAgain(event);
  }
  return map.input;
}

/** Presses a key that came too early on what has the focus now: an earlier key may have moved it, or opened a field. */
function pressAgain({ key, code, shiftKey }: KeyboardEvent): void {
  const event = new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true, cancelable: true });
  const isTaken = !(document.activeElement ?? document.body).dispatchEvent(event);
  flushSync();
  const field = document.activeElement;
  // A key that a page sends types nothing by itself.
  if (!isTaken && field instanceof HTMLTextAreaElement && typesCharacter(event)) type(field, key);
}

/** Types into a field as a person does. */
function type(field: HTMLTextAreaElement, data: string): void {
  const typed = { data, inputType: 'insertText', bubbles: true };
  field.dispatchEvent(new InputEvent('beforeinput', { ...typed, cancelable: true }));
  field.setRangeText(data, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new InputEvent('input', typed));
}

/** More keys than anybody presses while a script loads. */
const mostEarly = 50;

/** Handles a key on the map. A key that comes before `loadInput` has finished acts then. */
export function pressOnMap(map: MapState, event: KeyboardEvent): void {
  if (map.input) return map.input.pressKey(map, event);
  const isChord = event.ctrlKey || event.metaKey || event.altKey || event.key === 'Tab';
  // The browser handles these.
  if (isChord || isComposing(event) || map.early.length >= mostEarly) return;
  if ((event.target as Element).closest('button, a, input, select, textarea')) return;
  event.preventDefault();
  map.early.push(event);
}
