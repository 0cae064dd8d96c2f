import type { FocusTarget } from '../grid.ts';
import type { MapState } from '../map-state.svelte.ts';

/** What an action of the map is on. */
export interface MapTarget {
  readonly map: MapState;
  /** The element that has the focus, or that the menu hangs from. */
  readonly element: HTMLElement;
  readonly spot: FocusTarget;
  /** The id of the card; null on an empty cell and on a head. */
  readonly card: string | null;
}
