import type { View } from '../../parts/view.ts';
import { withMessages } from '../../text/messages.svelte.ts';
import { listIcon } from '../../ui/icons.ts';

/** The idea backlog. `focus` is the id of an idea to open, or `card:<id>` to show the ideas for a card. */
export const ideas: View = {
  id: 'ideas',
  letter: 'i',
  icon: listIcon,
  title: 'board.view.ideas',
  document: 'board',
  may: () => true,
  load: withMessages(['board', 'ideas'], () => import('./Ideas.svelte')),
  guide: withMessages(['ideas'], () => import('./guide.ts')),
  later: [],
};
