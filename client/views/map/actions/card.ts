import { cards } from '$shared/collections/card.ts';
import type { Action } from '../../../parts/action.ts';
import type { KeyLine } from '../../../parts/view.ts';
import { arrowDownIcon, arrowUpIcon, pencilIcon, trashIcon } from '../../../ui/more-icons.ts';
import type { MapState } from '../map-state.svelte.ts';
import type { MapTarget } from './target.ts';

/** An action on a card, for people who may write. `run` gets the card. */
export function onCard({
  run,
  may = () => true,
  ...rest
}: Omit<Action<MapTarget>, 'run' | 'may'> & {
  readonly may?: (target: MapTarget) => boolean;
  readonly run: (map: MapState, card: string) => void;
}): Action<MapTarget> {
  return {
    ...rest,
    may: (target) => target.card !== null && target.map.workspace.may('write') && may(target),
    run: ({ map, card }) => {
      if (card !== null) run(map, card);
    },
  };
}

export const recordOf = ({ map, card }: MapTarget) => map.board.of(cards).get(card);

const reorder: KeyLine = [['Alt', '↑↓'], 'keys.reorder'];

export const write: readonly Action<MapTarget>[] = [
  onCard({
    name: 'menu.edit',
    keys: ['Enter', 'F2'],
    icon: pencilIcon,
    run: (map, card) => map.edit(card),
  }),
  ...([-1, 1] as const).map((by) =>
    onCard({
      name: by < 0 ? 'menu.up' : 'menu.down',
      series: reorder,
      keys: [by < 0 ? 'Alt+ArrowUp' : 'Alt+ArrowDown'],
      icon: by < 0 ? arrowUpIcon : arrowDownIcon,
      run: (map, card) => map.reorder(card, by),
    }),
  ),
];

export const remove: readonly Action<MapTarget>[] = [
  onCard({
    name: 'menu.remove',
    keys: ['Delete', 'Backspace'],
    icon: trashIcon,
    danger: true,
    run: (map, card) => void map.remove(map.selection.with(card)),
  }),
];
