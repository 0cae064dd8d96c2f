import { pressAction } from '../../parts/action.ts';
import { keyed } from './actions/keyed.ts';
import type { MapState } from './map-state.svelte.ts';
import { isComposing } from '../../ui/composing.ts';

/** Handles keys on the map, except those typed in a field. */
export function pressKey(map: MapState, event: KeyboardEvent): void {
  const target = event.target;
  if (!(target instanceof HTMLElement) || isComposing(event) || target.closest('textarea, input, select'))
    return;
  const element = target.closest<HTMLElement>('[data-card], [data-focus-key]');
  const focus = element && map.focusTargetOf(element);
  if (!element || !focus) return;
  const on = { map, element, focus, card: element.dataset.card ?? null };
  const keys = { isFocused: target === element, letterKeys: map.workspace.letterKeys };
  if (!pressAction(keyed, event, on, keys)) return;
  event.preventDefault();
  event.stopPropagation();
}
