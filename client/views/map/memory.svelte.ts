import { Heights } from './heights.ts';

/** What the map remembers on this screen while another view is open. */
export class MapMemory {
  /** The personas of the filter; none means all cards. */
  personas: ReadonlySet<string> = $state.raw(new Set());
  /** The heights of lanes, cells and heads. */
  readonly heights = new Heights();
  /** The scroll position. */
  scroll = { left: 0, top: 0 };
  /** The focus key of the cell or head that last had the focus. */
  lastFocusKey: string | null = null;
}

export const mapMemory = () => new MapMemory();
