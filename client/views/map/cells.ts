import type { CellAt } from '$shared/collections/card.ts';
import { cards, cellKey, cellOf } from '$shared/collections/card.ts';
import { steps } from '$shared/collections/phase.ts';
import type { Board } from '../../model/board.svelte.ts';
import type { Collections } from '../../model/store/index.svelte.ts';
import { defineIndex, influence } from '../../model/store/index.svelte.ts';

/** The cards of each cell, in order, by cell key. */
export const cardsByCell = defineIndex({
  of: cards,
  keys: ({ place }, collections) => [cellKey(cellOf(place, phaseOfStep(collections)))],
  order: ({ place }) => place.order,
  influences: [influence(steps, ({ place }) => place.phase)],
});

/** The cards of a cell, in order. */
export function cardsIn(board: Board, cell: CellAt): readonly string[] {
  return board.by(cardsByCell).at(cellKey(cell)).ids;
}

/** The cell in which a card is shown; null if the card is removed or has not arrived yet. */
export function cellOfCard(collections: Collections, id: string): CellAt | null {
  const card = collections.of(cards).get(id);
  return card && cellOf(card.place, phaseOfStep(collections));
}

/** Returns a function that finds the phase of a step, unless the step is removed. */
function phaseOfStep(collections: Collections): (step: string) => string | null {
  return (step) => collections.of(steps).get(step)?.place.phase ?? null;
}
