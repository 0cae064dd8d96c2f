import type { Component } from 'svelte';
import type { Route } from './router.svelte.ts';
import { withMessages } from './text/messages.svelte.ts';

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

const pages = {
  lobby: withMessages(['lobby'], () => import('./pages/lobby/Lobby.svelte')),
  join: withMessages(['join'], () => import('./pages/join/Join.svelte')),
  board: withMessages(['board', 'map'], () => import('./board/Board.svelte')),
} as const;

/** Fetches the view of a route. */
export async function viewFor(route: Route): Promise<View> {
  switch (route.kind) {
    case 'lobby':
      return { kind: 'lobby', component: (await pages.lobby()).default };
    case 'join':
      return { kind: 'join', component: (await pages.join()).default };
    case 'board':
      return { kind: 'board', component: (await pages.board()).default };
    case 'nowhere':
      return { kind: 'nowhere' };
  }
}
