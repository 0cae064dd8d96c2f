import { withMessages } from '../text/messages.svelte.ts';
import { lazy as map } from '../views/map/lazy.ts';

/**
 * Scripts that a board can do without until someone asks. All are fetched as soon as the board is
 * drawn and the page has nothing else to do, so that they are there when the net is not.
 */
export const lazy = {
  ideas: withMessages(['ideas'], () => import('../views/ideas/Ideas.svelte')),
  help: withMessages(['help'], () => import('./Help.svelte')),
  lost: withMessages(['lost'], () => import('./LostDialog.svelte')),
  loss: withMessages(['loss'], () => import('./LossDialog.svelte')),
  share: withMessages(['share'], () => import('./share/Share.svelte')),
} as const;

/** Fetches them all, once the browser is idle. Returns what calls it off. */
export function fetchLazy(): () => void {
  const start = () => void Promise.allSettled(Object.values({ ...map, ...lazy }).map((load) => load()));
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(start, 1_000);
    return () => clearTimeout(timer);
  }
  const idle = requestIdleCallback(start, { timeout: 5_000 });
  return () => cancelIdleCallback(idle);
}
