import type { Component } from 'svelte';
import { startViews } from '$shared/views.ts';
import { viewNamed, views } from './board/views.ts';
import { membershipOn, visits } from './model/device/visits.ts';
import type { View } from './parts/view.ts';
import type { Route } from './router.svelte.ts';
import { withMessages } from './text/messages.svelte.ts';

/** A page that has loaded. Each has a script of its own, so that the lobby does not wait for the board's. */
export type Page =
  | { readonly kind: 'lobby'; readonly component: Component }
  | { readonly kind: 'join'; readonly component: Component<{ secret: string }> }
  | { readonly kind: 'board'; readonly component: Component<{ board: string; person: string; view: View }> }
  /** Nothing to load: the notice is part of the first script. */
  | { readonly kind: 'nowhere' };

const pages = {
  lobby: withMessages(['lobby'], () => import('./pages/lobby/Lobby.svelte')),
  join: withMessages(['join'], () => import('./pages/join/Join.svelte')),
  board: withMessages(['board'], () => import('./board/Board.svelte')),
} as const;

/** Loads the page of a route; a board together with its view. */
export async function pageFor(route: Route): Promise<Page> {
  switch (route.kind) {
    case 'lobby':
      return { kind: 'lobby', component: (await pages.lobby()).default };
    case 'join':
      return { kind: 'join', component: (await pages.join()).default };
    case 'board': {
      const [page] = await Promise.all([pages.board(), viewAt(route)?.load()]);
      return { kind: 'board', component: page.default };
    }
    case 'nowhere':
      return { kind: 'nowhere' };
  }
}

/** The view of an address: the one that it names, else the board's start view, which this device remembers. */
export function viewAt({ board, view }: Route & { readonly kind: 'board' }): View | undefined {
  const person = membershipOn(board);
  const start = visits().find((visit) => visit.board === board && visit.person === person)?.start;
  return viewNamed(view ?? start ?? startViews[0]) ?? views[0];
}
