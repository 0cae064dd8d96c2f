import type { CellAt } from '$shared/collections/card.ts';
import { cards } from '$shared/collections/card.ts';
import type { Journey } from '$shared/queries/journey.ts';
import type { Board } from '../../../model/board.svelte.ts';
import { cardsIn } from '../cells.ts';

/**
 * Which row of a lane is closed because it shows no cards: the step cells above the cells for whole phases, or these
 * below the step cells. Of an empty lane the step cells are closed. Null if both rows show cards, or if no phase has
 * steps.
 */
export function closedStrip(
  board: Board,
  journey: Journey,
  lane: string,
  personas: ReadonlySet<string>,
): 'steps' | 'whole' | null {
  const withSteps = journey.phases.filter(({ steps }) => steps.length > 0);
  if (withSteps.length === 0) return null;
  const shows = (cell: CellAt) =>
    cardsIn(board, cell).some(
      (id) =>
        personas.size === 0 ||
        board
          .of(cards)
          .entry(id)
          .record?.personas.some((persona) => personas.has(persona)),
    );
  const isUsed = withSteps.some(({ phase, steps }) =>
    steps.some((step) => shows({ lane, phase: phase.id, step: step.id })),
  );
  if (!isUsed) return 'steps';
  return withSteps.some(({ phase }) => shows({ lane, phase: phase.id, step: null })) ? null : 'whole';
}
