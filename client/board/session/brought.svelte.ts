import { untrack } from 'svelte';
import { t } from '../../text/messages.svelte.ts';
import { toast } from '../../ui/toasts.svelte.ts';
import { viewNamed } from '../views.ts';
import type { SessionParts } from './session-parts.svelte.ts';

/** Where a person writes: a card that has only the focus waits in a field, too. */
const writing = 'textarea:not([data-waiting]), input, select';

/**
 * Opens the view of an item that starts, and where a facilitator brings everybody. A person who is writing is not moved
 * and gets a button instead. Call it in an effect.
 */
export function followBringing(parts: SessionParts): void {
  /** When the page came, whatever was then is over. */
  let seenAt: number | null = null;
  $effect(() => {
    const { session } = parts.model;
    if (!session) return;
    untrack(() => {
      const before = seenAt;
      const { brought } = session;
      seenAt = Math.max(before ?? 0, brought?.at ?? 0);
      if (before === null || !brought || brought.at <= before) return;
      const { view, record } = brought.to;
      const go = () => parts.workspace.go(view, record ?? undefined);
      if (!document.activeElement?.matches(writing)) return go();
      const name = viewNamed(view)?.title;
      if (name)
        toast(t('session.brought', { view: t(name) }), {
          isLong: true,
          action: { label: t('session.brought.go'), run: go },
        });
    });
  });
}
