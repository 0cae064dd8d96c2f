import { holdsCards } from '$shared/collections/lane.ts';
import type { Journey } from '$shared/queries/journey.ts';
import type { Board } from '../../model/board.svelte.ts';
import { cardsIn } from './cells.ts';
import type { FocusTarget } from './grid.ts';
import { focusKey, parseFocusKey } from './grid.ts';
import type { Heights } from './heights.ts';

/** The least height of a lane with cards. */
const leastLanePx = 64;

/** The least height of a lane's two rows of cells, and of both together, in pixels. */
export interface Floor {
  readonly steps: number;
  readonly whole: number;
  readonly both: number;
}

/** How high what is not drawn would be: as last measured, or by its number of cards. */
export class Estimate {
  readonly #board: Board;
  readonly #heights: Heights;

  constructor(board: Board, heights: Heights) {
    this.#board = board;
    this.#heights = heights;
  }

  /** The height that these phases need in a lane with cards. */
  rows(lane: string, phases: Journey['phases']): Floor {
    const floor = { steps: 0, whole: 0, both: 0 };
    const raise = (row: keyof Floor, phase: string, step: string | null) => {
      const cell = { lane, phase, step };
      const count = cardsIn(this.#board, cell).length;
      floor[row] = Math.max(floor[row], this.#heights.ofContent(focusKey({ kind: 'cell', cell }), count));
    };
    for (const { phase, steps } of phases) {
      for (const step of steps) raise('steps', phase.id, step.id);
      raise(steps.length === 0 ? 'both' : 'whole', phase.id, null);
    }
    return floor;
  }

  /** The height that the heads of these phases, or of their steps, need. */
  heads(kind: 'phase' | 'step', phases: Journey['phases']): number {
    const heads = phases.flatMap(({ phase, steps }): readonly { readonly id: string }[] =>
      kind === 'phase' ? [phase] : steps,
    );
    return Math.max(0, ...heads.map(({ id }) => this.#heights.ofContent(`${kind}:${id}`)));
  }

  /** Guesses the heights of the lanes down to here that were never drawn, so that no more are drawn than are in view. */
  guessLanes({ lanes, phases }: Journey, bottom: number): void {
    let at = 0;
    for (const { id, type } of lanes) {
      if (at > bottom) break;
      if (!this.#heights.hasLane(id) && holdsCards(type)) {
        const { steps, whole, both } = this.rows(id, phases);
        this.#heights.setLane(id, Math.max(steps + whole, both, leastLanePx));
      }
      at += this.#heights.ofLane(id);
    }
  }

  /** Notes the heights of the drawn cells and heads that are chosen. */
  measure(root: HTMLElement, isChosen: (target: FocusTarget) => boolean): void {
    for (const element of root.querySelectorAll<HTMLElement>('[data-focus-key]')) {
      const key = element.dataset.focusKey ?? '';
      const target = parseFocusKey(key);
      if (!target || target.kind === 'lane' || !isChosen(target)) continue;
      const count = target.kind === 'cell' ? cardsIn(this.#board, target.cell).length : 0;
      this.#heights.setContent(key, contentHeight(element), count);
    }
  }
}

/** The height that the content of a cell or a head takes: the element itself is as high as its row. */
function contentHeight(element: HTMLElement): number {
  const { top } = element.getBoundingClientRect();
  let bottom = top;
  for (const child of element.children) {
    // A button that overlays the cell takes no space.
    if (child.matches('.add, .tool')) continue;
    bottom = Math.max(bottom, child.getBoundingClientRect().bottom);
  }
  return bottom === top ? 0 : bottom - top + parseFloat(getComputedStyle(element).paddingBlockEnd);
}
