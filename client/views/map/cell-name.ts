import type { CellAt } from '$shared/collections/card.ts';
import type { Board } from '../../model/board.svelte.ts';

/** A cell in words: lane, phase and step. */
export function cellName(board: Board, cell: CellAt): string {
  return [
    board.lanes.get(cell.lane)?.title,
    board.phases.get(cell.phase)?.title,
    board.steps.get(cell.step)?.title,
  ]
    .filter(Boolean)
    .join(', ');
}
