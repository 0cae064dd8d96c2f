import { phases, steps } from '$shared/collections/phase.ts';
import { lanes } from '$shared/collections/lane.ts';
import type { CellAt } from '$shared/collections/card.ts';
import type { Board } from '../../model/board.svelte.ts';
import { isolate } from '../../text/messages.svelte.ts';

/** A cell in words: lane, phase and step. */
export function cellName(board: Board, cell: CellAt): string {
  return [
    board.of(lanes).get(cell.lane)?.title,
    board.of(phases).get(cell.phase)?.title,
    board.of(steps).get(cell.step)?.title,
  ]
    .flatMap((title) => (title ? [isolate(title)] : []))
    .join(', ');
}
