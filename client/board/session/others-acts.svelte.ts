import { untrack } from 'svelte';
import { toast } from '../../ui/toasts.svelte.ts';
import type { SessionParts } from './session-parts.svelte.ts';
import { lineText } from './words.ts';

/** Lines of the log that are no acts of a facilitator, or that everybody sees anyway. */
const untold = ['refused', 'time-up', 'bring'];

/** Tells a facilitator what other facilitators do, with their names. Call it in an effect. */
export function othersActs(parts: SessionParts): void {
  let seenAt: number | null = null;
  $effect(() => {
    const { log } = parts.model;
    if (!log) return;
    untrack(() => {
      const since = seenAt;
      seenAt = Math.max(since ?? 0, ...log.map(({ at }) => at));
      // What was done before this page came is in the log.
      if (since === null) return;
      for (const line of log.filter(({ at }) => at > since).toReversed())
        if (line.by !== parts.workspace.self && !untold.includes(line.what)) toast(lineText(parts, line));
    });
  });
}
