import type { Component } from 'svelte';
import type { Route } from './router.svelte.ts';

/** A view that has been fetched. Each is a script of its own: who is in the lobby does not wait for the board's. */
export type View =
  | { readonly kind: 'lobby'; readonly component: Component }
  | { readonly kind: 'join'; readonly component: Component<{ secret: string }> }
  | {
      readonly kind: 'board';
      readonly component: Component<{ board: string; seat: string; view: 'map' | 'ideas' }>;
    }
  /** Nothing to fetch: the notice that says so is part of the first script. */
  | { readonly kind: 'nowhere' };

/** Fetches the view of a route. */
export async function viewFor(route: Route): Promise<View> {
  switch (route.kind) {
    case 'lobby':
      return { kind: 'lobby', component: (await import('./pages/lobby/Lobby.svelte')).default };
    case 'join':
      return { kind: 'join', component: (await import('./pages/join/Join.svelte')).default };
    case 'board':
      return { kind: 'board', component: (await import('./board/Board.svelte')).default };
    case 'nowhere':
      return { kind: 'nowhere' };
  }
}
