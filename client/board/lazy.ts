import { withMessages } from '../text/messages.svelte.ts';
import { views } from './views.ts';

/** Dialogs, and the names of undo steps, loaded on demand. */
export const lazy = {
  help: withMessages(['help'], () => import('./Help.svelte')),
  lost: withMessages(['lost', 'changes'], () => import('./LostDialog.svelte')),
  kept: () => import('../model/sync/edit-sorting.ts'),
  putBack: withMessages(['lost', 'board'], () => import('./tell-put-back.ts')),
  loss: withMessages(['loss', 'changes'], () => import('./LossDialog.svelte')),
  hint: withMessages(['share'], () => import('./share/ShareHint.svelte')),
  panel: withMessages(['share'], () => import('./share/SharePanel.svelte')),
  share: withMessages(['share'], () => import('./share/Share.svelte')),
  steps: withMessages(['changes'], () => import('./step-text.ts')),
} as const;

/**
 * Fetches these dialogs and all that the views load on demand, with their messages, once the board is drawn and the
 * browser is idle. So they also open offline. Returns a function that cancels it.
 */
export function fetchAhead(): () => void {
  const all = [
    ...views.flatMap(({ load, guide, later }) => [load, guide, ...later]),
    ...Object.values<() => Promise<unknown>>(lazy),
  ];
  const start = () => void Promise.allSettled(all.map((load) => load()));
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(start, 1_000);
    return () => clearTimeout(timer);
  }
  const idle = requestIdleCallback(start, { timeout: 5_000 });
  return () => cancelIdleCallback(idle);
}
