import { t } from '../../text/messages.svelte.ts';
import { toast } from '../../ui/toasts.svelte.ts';
import { lazy } from './lazy.ts';
import type { Input, MapState } from './map-state.svelte.ts';

/** Gives the map its keys and drags. Returns null, and shows how to go on, if they cannot be fetched. */
export async function loadInput(map: MapState): Promise<Input | null> {
  try {
    map.input = await lazy.input();
  } catch {
    toast(t('error.unreachable'), {
      tone: 'warning',
      action: { label: t('notice.reload'), run: () => location.reload() },
    });
  }
  return map.input;
}
