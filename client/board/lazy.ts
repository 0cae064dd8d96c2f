import { withMessages } from '../text/messages.svelte.ts';
import { views } from './views.ts';

/**
 * Dialogs, the session, and more that the board needs later, loaded on demand. `together` is loaded right after the board
 * is drawn.
 */
export const lazy = {
  together: withMessages(['together'], () => import('./together/part.ts')),
  help: withMessages(['help', 'session', 'together'], () => import('./Help.svelte')),
  lost: withMessages(['lost', 'changes'], () => import('./LostDialog.svelte')),
  kept: () => import('../model/sync/edit-sorting.ts'),
  putBack: withMessages(['lost', 'board'], () => import('./tell-put-back.ts')),
  loss: withMessages(['loss', 'changes'], () => import('./LossDialog.svelte')),
  hint: withMessages(['share'], () => import('./share/ShareHint.svelte')),
  panel: withMessages(['share'], () => import('./share/SharePanel.svelte')),
  /** Also offline: access may expire then. */
  regain: () => import('./regain.ts'),
  file: () => import('../ui/save-file.ts'),
  session: withMessages(['session'], () => import('./session/open.svelte.ts')),
  share: withMessages(['share'], () => import('./share/Share.svelte')),
  steps: withMessages(['changes'], () => import('./step-text.ts')),
} as const;

/** What people do together, as one part of the page. */
export type TogetherPart = Awaited<ReturnType<typeof lazy.together>>;

/**
 * Fetches these dialogs and all that the views load on demand, with their messages, once the board is drawn and the
 * browser is idle. So they also open offline. Returns a function that cancels it.
 */
export function fetchAhead(): () => void {
  const all = [
    ...views.flatMap(({ load, guide, later }) => [load, guide, ...later]),
    ...Object.values<() => Promise<unknown>>(lazy),
  ];
  return whenIdle(() => void Promise.allSettled(all.map((load) => load())));
}

/** Wait before a part that could not be fetched is fetched again. */
const retryMs = 5_000;

/** Loads a part, again and again while it cannot be fetched, as without a server. Returns a function that ends it. */
export function untilLoaded<Part>(load: () => Promise<Part>, then: (part: Part) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const attempt = (): void =>
    void load().then(
      (part) => {
        if (!isOver) then(part);
      },
      () => {
        if (!isOver) timer = setTimeout(attempt, retryMs);
      },
    );
  attempt();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Calls `start` once the browser is idle. Returns a function that cancels it. */
export function whenIdle(start: () => void): () => void {
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(start, 1_000);
    return () => clearTimeout(timer);
  }
  const idle = requestIdleCallback(start, { timeout: 5_000 });
  return () => cancelIdleCallback(idle);
}
