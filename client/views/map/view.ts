import type { View } from '../../parts/view.ts';
import { withMessages } from '../../text/messages.svelte.ts';
import { mapIcon } from '../../ui/icons.ts';
import { lazy } from './lazy.ts';

/** The journey map. `focus` is the id of a card: the map scrolls to it, and clears a filter that hides it. */
export const map: View = {
  id: 'map',
  letter: 'j',
  icon: mapIcon,
  title: 'board.view.map',
  document: 'board',
  may: () => true,
  load: withMessages(['board', 'map'], () => import('./Map.svelte')),
  guide: withMessages(['board', 'map', 'map-more'], () => import('./guide.ts')),
  later: Object.values(lazy),
};
