import { withMessages } from '../../text/messages.svelte.ts';

/** Scripts of the map that load on demand, or ahead when the page is idle. */
export const lazy = {
  input: withMessages(['map-more', 'together'], () => import('./input.ts')),
  menus: withMessages(['map-more'], () => import('./Menus.svelte')),
  overlays: withMessages(['map-more'], () => import('./Overlays.svelte')),
  laneDialogs: async () => {
    const { laneViews } = await import('./lanes/lanes.ts');
    for (const view of Object.values(laneViews)) if (view.holds === 'signals') await view.dialog?.();
  },
} as const;
