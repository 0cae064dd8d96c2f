/** The height of a lane that was never drawn, in pixels. */
const laneGuessPx = 160;
/** The height of a card that was never drawn, and of the space around a cell's cards. */
const cardGuessPx = 64;
const cellSpacePx = 16;

/**
 * The heights of what the map has drawn, in pixels. The map needs them for lanes and phases that are out of view and
 * not drawn: so that the scroll bar is right, and a lane keeps its height while one scrolls along it.
 */
export class Heights {
  /** By lane. */
  readonly #lanes = new Map<string, number>();
  /** What heads and cells need for their content, by focus key, with the number of cards then. */
  readonly #contents = new Map<string, { readonly px: number; readonly count: number }>();
  #cardsPx = 0;
  #cards = 0;

  setLane(id: string, px: number): void {
    this.#lanes.set(id, px);
  }

  hasLane(id: string): boolean {
    return this.#lanes.has(id);
  }

  /** The last height of a lane; of one that was never drawn, the mean of the others. */
  ofLane(id: string): number {
    const known = this.#lanes.get(id);
    if (known !== undefined) return known;
    let sum = 0;
    for (const px of this.#lanes.values()) sum += px;
    return this.#lanes.size === 0 ? laneGuessPx : sum / this.#lanes.size;
  }

  /** Notes the height that the content of a head or a cell takes, with the number of cards in the cell. */
  setContent(key: string, px: number, count = 0): void {
    this.#contents.set(key, { px, count });
    if (count === 0) return;
    this.#cardsPx += Math.max(0, px - cellSpacePx);
    this.#cards += count;
  }

  /**
   * The height that the content of a head or a cell needs now. If the number of its cards has changed since it was
   * drawn, or it never was, a card has the mean height of those seen.
   */
  ofContent(key: string, count = 0): number {
    const known = this.#contents.get(key);
    if (known?.count === count) return known.px;
    if (count === 0) return 0;
    const each = this.#cards === 0 ? cardGuessPx : this.#cardsPx / this.#cards;
    return count * each + cellSpacePx;
  }
}
