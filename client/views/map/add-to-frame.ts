import { addPhase } from '$shared/collections/phase.ts';
import type { MapState } from './map-state.svelte.ts';

/** Adds a phase after the last one, and opens its name for writing. */
export function addLastPhase(map: MapState): void {
  const { editor, journey } = map.board;
  const part = journey.periods.findLast((one) => one.phases.length > 0);
  if (!part) return;
  const after = part.phases.at(-1)?.phase.id ?? null;
  map.nameAdded('phase', addPhase(editor, part.period, '', { after, before: null }));
}

/** Opens the dialog that adds a lane after the last one. */
export function addLastLane(map: MapState): void {
  map.overlay = { kind: 'add-lane', after: null };
}
