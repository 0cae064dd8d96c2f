import type { Workspace } from '../../parts/workspace.svelte.ts';
import { viewNamed } from '../views.ts';

/** How long a view may take to open before going there is given up. */
const openMs = 5_000;

/** Goes once to where a person is, with the focus, and opens their view for it. */
export function visit(workspace: Workspace, person: string): void {
  const presence = workspace.board.presence.where.get(person);
  if (!presence) return;
  const view = viewNamed(presence.view);
  if (!view?.may(workspace.role)) return;
  if (workspace.place?.view === view.id) return workspace.place.visit(presence);
  workspace.go(view.id);
  const stop = $effect.root(() => {
    $effect(() => {
      if (workspace.place?.view !== view.id) return;
      workspace.place.visit(presence);
      stop();
    });
  });
  setTimeout(stop, openMs);
}
