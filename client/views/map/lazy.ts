/** Scripts of the map that are fetched when they are needed, or when the page has nothing else to do. */
export const lazy = {
  drag: () => import('./drag.ts'),
  menus: () => import('./Menus.svelte'),
  overlays: () => import('./Overlays.svelte'),
  laneDialogs: async () => {
    const { laneViews } = await import('./lanes/lanes.ts');
    for (const view of Object.values(laneViews)) if (view.holds === 'signals') await view.dialog?.();
  },
} as const;
