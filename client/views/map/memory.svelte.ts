/** What the map remembers on this screen while another view is open. */
export class MapMemory {
  /** The personas that it is narrowed to; none is all. */
  personas: ReadonlySet<string> = $state.raw(new Set());
  /** Where it was scrolled to. */
  scroll = { left: 0, top: 0 };
  /** The cell or head that last had the focus, as a spot key. */
  lastSpot: string | null = null;
}

export const mapMemory = () => new MapMemory();
