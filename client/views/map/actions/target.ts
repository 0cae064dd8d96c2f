import type { FocusTarget } from '../grid.ts';
import type { MapState } from '../map-state.svelte.ts';

/** What an action of the map works on. */
export interface MapTarget {
  readonly map: MapState;
  /** The focused element, or the anchor of the menu. */
  readonly element: HTMLElement;
  readonly focus: FocusTarget;
  /** The id of the card; null for an empty cell or a head. */
  readonly card: string | null;
}
