/** The ids of a board's views, as in addresses and presence. docs/ARCHITECTURE.md explains how to add one. */
export const viewIds = ['map', 'ideas'] as const;
export type ViewId = (typeof viewIds)[number];

/** The views that a board may start with. The first is the default. */
export const startViews = ['map', 'ideas'] as const satisfies readonly ViewId[];
export type StartView = (typeof startViews)[number];
