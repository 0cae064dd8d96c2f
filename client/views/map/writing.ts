import { cards } from '$shared/collections/card.ts';
import { holdsCards, lanes } from '$shared/collections/lane.ts';
import { cellOfCard } from './cells.ts';
import type { MapState } from './map-state.svelte.ts';
import type { Spot } from './grid.ts';

/**
 * Keys while writing in a card: Enter saves and opens the next card of the cell, Shift+Enter breaks the
 * line, Tab goes on in the next phase or step and Shift+Tab in the one before, Escape leaves.
 */
export function writeKey(map: MapState, id: string, event: KeyboardEvent): void {
  const cell = cellOfCard(map.board, id);
  if (event.key === 'Escape') {
    void map.leave(id, true);
  } else if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    const blank = map.board.of(cards).get(id)?.text.trim() === '';
    void map.leave(id, true).then(() => {
      if (cell && !blank) void map.add(cell, id);
    });
  } else if (event.key === 'Tab' && cell) {
    const next = neighbour(map, { kind: 'cell', cell }, event.shiftKey ? -1 : 1);
    if (!next) return;
    event.preventDefault();
    void map.leave(id, false).then(() => map.add(next.cell));
  }
}

function neighbour(
  map: MapState,
  from: Spot & { kind: 'cell' },
  by: 1 | -1,
): (Spot & { kind: 'cell' }) | null {
  const next = map.grid.next(from, 0, by, map.grid.columnOf(from))?.spot;
  if (next?.kind !== 'cell') return null;
  const lane = map.board.of(lanes).get(next.cell.lane);
  return lane && holdsCards(lane.type) ? next : null;
}
