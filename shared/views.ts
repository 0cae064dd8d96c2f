/** The views of a board by id, as addresses and presence name them; docs/ARCHITECTURE.md says how to add one. */
export const viewIds = ['map', 'ideas'] as const;
export type ViewId = (typeof viewIds)[number];

/** The views that a board may begin with; with the first where nothing is said. */
export const startViews = ['map', 'ideas'] as const satisfies readonly ViewId[];
export type StartView = (typeof startViews)[number];
