import { flushSync } from 'svelte';
import { pressAction } from '../../parts/action.ts';
import { isPrintable } from '../../parts/chord.ts';
import { keyed } from './actions/keyed.ts';
import type { MapState } from './map-state.svelte.ts';
import { isComposing } from '../../ui/composing.ts';

/** Fields that a person types in. */
const fields = 'textarea:not([data-waiting]), input, select';

/**
 * Handles keys on the map, except those typed in a field. On a card, letters and digits are no commands: they begin to
 * write on it. The card's hidden field takes them; where it has none, as on a touch screen, the card opens here.
 */
export function pressKey(map: MapState, event: KeyboardEvent): void {
  const target = event.target;
  if (!(target instanceof HTMLElement) || isComposing(event) || target.closest(fields)) return;
  const element = target.closest<HTMLElement>('[data-card], [data-focus-key]');
  const focus = element && map.focus.targetOf(element);
  if (!element || !focus) return;
  const on = { map, element, focus, card: element.dataset.card ?? null };
  const isFocused = target === element || target.matches('[data-waiting]');
  const keys = { isFocused, letterKeys: map.workspace.letterKeys && on.card === null };
  if (!pressAction(keyed, event, on, keys)) {
    const { card } = on;
    if (card === null || target !== element || !isPrintable(event) || !map.workspace.may('write')) return;
    flushSync(() => map.edit(card, true));
    // The letter goes into the field that has the focus now, and is no shortcut of the board.
    event.stopPropagation();
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
