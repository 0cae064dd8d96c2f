/** Scripts of the map that load on demand, or ahead when the page is idle. */
export const lazy = {
  drag: () => import('./drag.ts'),
  menus: () => import('./Menus.svelte'),
  overlays: () => import('./Overlays.svelte'),
  laneDialogs: async () => {
    const { laneViews } = await import('./lanes/lanes.ts');
    for (const view of Object.values(laneViews)) if (view.holds === 'signals') await view.dialog?.();
  },
} as const;
