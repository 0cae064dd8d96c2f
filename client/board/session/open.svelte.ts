import type { Component } from 'svelte';
import type { Workspace } from '../../parts/workspace.svelte.ts';
import { t } from '../../text/messages.svelte.ts';
import type { MenuItem } from '../../ui/menu.ts';
import { agendaIcon } from '../../ui/more-icons.ts';
import { watchLeaders } from './alone.svelte.ts';
import { announcing } from './announcing.svelte.ts';
import { followBringing } from './brought.svelte.ts';
import EndEdge from './EndEdge.svelte';
import { openByKey } from './keys.ts';
import { othersActs } from './others-acts.svelte.ts';
import Pill from './Pill.svelte';
import { SessionParts } from './session-parts.svelte.ts';
import StartEdge from './StartEdge.svelte';

/** What of the session the shell of a board draws: in the top bar, before the view, and after it. */
export interface OpenSession {
  readonly parts: SessionParts;
  readonly Pill: Component<{ parts: SessionParts }>;
  readonly StartEdge: Component<{ parts: SessionParts }>;
  readonly EndEdge: Component<{ parts: SessionParts }>;
  /** What a menu has where the top bar has no room for the pill. */
  items(): MenuItem[];
  close(): void;
}

/** Opens the session of a board. The caller must close it. */
export function openSession(workspace: Workspace): OpenSession {
  const parts = new SessionParts(workspace);
  const stop = $effect.root(() => {
    announcing(parts);
    othersActs(parts);
    followBringing(parts);
    watchLeaders(parts);
    $effect(() => openByKey(parts));
  });
  return {
    parts,
    Pill,
    StartEdge,
    EndEdge,
    items: () =>
      parts.isLeader
        ? [
            {
              kind: 'item',
              label: t('session.open'),
              icon: agendaIcon,
              onselect: () => (parts.isOpen = true),
            },
          ]
        : [],
    close() {
      stop();
      parts.close();
    },
  };
}
