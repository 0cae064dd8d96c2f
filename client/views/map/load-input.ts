import { t } from '../../text/messages.svelte.ts';
import { toast } from '../../ui/toasts.svelte.ts';
import { lazy } from './lazy.ts';
import type { Input, MapState } from './map-state.svelte.ts';

/** Gives the map its keys, drags and fields. Returns null, and shows how to go on, if they cannot be fetched. */
export async function loadInput(map: MapState): Promise<Input | null> {
  try {
    map.input = await lazy.input();
  } catch {
    toast(t('error.unreachable'), {
      tone: 'warning',
      action: { label: t('notice.reload'), run: () => location.reload() },
    });
    return null;
  }
  for (const event of map.early.splice(0)) map.input.pressKey(map, event);
  return map.input;
}

/** Handles a key on the map. A key that comes before `loadInput` has finished acts then. */
export function pressOnMap(map: MapState, event: KeyboardEvent): void {
  if (map.input) return map.input.pressKey(map, event);
  const isChord = event.ctrlKey || event.metaKey || event.altKey || event.key === 'Tab';
  // The browser handles these.
  if (isChord || (event.target as Element).closest('button, a, input, select, textarea')) return;
  event.preventDefault();
  map.early.push(event);
}
