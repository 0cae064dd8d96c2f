import { isBlank } from '$shared/text/blank.ts';
import { cards } from '$shared/collections/card.ts';
import { holdsCards, lanes } from '$shared/collections/lane.ts';
import type { Action } from '../../parts/action.ts';
import { pressAction } from '../../parts/action.ts';
import { cellOfCard } from './cells.ts';
import type { FocusTarget } from './grid.ts';
import type { MapState } from './map-state.svelte.ts';

/** A card that is being edited. */
interface Writing {
  readonly map: MapState;
  readonly id: string;
}

/** Keys while editing a card. Shift+Enter is left to the text area: it adds a line break. */
export const whileWriting: readonly Action<Writing>[] = [
  {
    name: 'keys.next',
    keys: ['Enter', 'Mod+Enter'],
    may: () => true,
    run: ({ map, id }) => {
      const cell = cellOfCard(map.board, id);
      const blank = isBlank(map.board.of(cards).get(id)?.text ?? '');
      void map.leave(id, true).then(() => {
        if (cell && !blank) void map.add(cell, id);
      });
    },
  },
  {
    name: 'keys.break',
    keys: ['Shift+Enter'],
    may: () => false,
    run: () => {},
  },
  ...([-1, 1] as const).map((by): Action<Writing> => ({
    name: 'keys.tab',
    series: [['Tab'], 'keys.tab'],
    keys: [by < 0 ? 'Shift+Tab' : 'Tab'],
    may: (writing) => nextCell(writing, by) !== null,
    run: (writing) => {
      const { map, id } = writing;
      const next = nextCell(writing, by);
      if (next) void map.leave(id, false).then(() => map.add(next.cell));
    },
  })),
  {
    name: 'keys.leave',
    keys: ['Escape'],
    may: () => true,
    run: ({ map, id }) => void map.leave(id, true),
  },
];

/** Handles a key pressed while editing a card. */
export function writeKey(map: MapState, id: string, event: KeyboardEvent): void {
  if (pressAction(whileWriting, event, { map, id }, { isFocused: true, letterKeys: false }))
    event.preventDefault();
}

/** The cell of the next (1) or previous (-1) phase or step; null if it holds no cards. */
function nextCell({ map, id }: Writing, by: 1 | -1): (FocusTarget & { kind: 'cell' }) | null {
  const cell = cellOfCard(map.board, id);
  if (!cell) return null;
  const from = { kind: 'cell', cell } as const;
  const next = map.grid.next(from, 0, by, map.grid.columnOf(from))?.target;
  if (next?.kind !== 'cell') return null;
  const lane = map.board.of(lanes).get(next.cell.lane);
  return lane && holdsCards(lane.type) ? next : null;
}
