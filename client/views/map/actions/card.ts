import { cards } from '$shared/collections/card.ts';
import type { Collection } from '$shared/schema/collection.ts';
import type { Operation } from '../../../model/rights.ts';
import type { Action } from '../../../parts/action.ts';
import type { KeyLine } from '../../../parts/view.ts';
import { arrowDownIcon, arrowUpIcon, pencilIcon, trashIcon } from '../../../ui/more-icons.ts';
import type { MapState } from '../map-state.svelte.ts';
import type { MapTarget } from './target.ts';

/** An action on a card, for people who may write. `run` gets the card, if the session allows it now. */
export function onCard({
  run,
  may = () => true,
  operation = 'edit',
  of = cards,
  ...rest
}: Omit<Action<MapTarget>, 'run' | 'may' | 'can'> & {
  readonly may?: (target: MapTarget) => boolean;
  /** What it does to the selected cards, as a policy tells it apart; to a new record of `of` if that is another. */
  readonly operation?: Operation;
  readonly of?: Collection;
  readonly run: (map: MapState, card: string) => void;
}): Action<MapTarget> {
  const what = (map: MapState, card: string) =>
    [operation, of, of === cards ? map.selection.with(card) : []] as const;
  return {
    ...rest,
    may: (target) => target.card !== null && target.map.workspace.may('write') && may(target),
    can: ({ map, card }) => card !== null && map.workspace.allows(...what(map, card)),
    run: ({ map, card }) => {
      // A key reaches a card that may not be changed now, and the person reads why.
      if (card !== null && map.workspace.permits(...what(map, card))) run(map, card);
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
      operation: 'move',
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
    operation: 'remove',
    keys: ['Delete', 'Backspace'],
    icon: trashIcon,
    danger: true,
    run: (map, card) => void map.remove(map.selection.with(card)),
  }),
];
