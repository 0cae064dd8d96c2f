import type { EvidenceLevel } from '$shared/collections/card.ts';
import { cards, evidenceLevels, setEvidence } from '$shared/collections/card.ts';
import { addIdea } from '$shared/collections/idea.ts';
import type { Action } from '../../../parts/action.ts';
import type { KeyLine } from '../../../parts/view.ts';
import {
  arrowDownIcon,
  arrowUpIcon,
  lightbulbIcon,
  moveIcon,
  pencilIcon,
  trashIcon,
} from '../../../ui/icons.ts';
import { t } from '../../../text/messages.svelte.ts';
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

const reorder: KeyLine = [['Alt', '↑↓'], 'map.keys.reorder'];

export const write: readonly Action<MapTarget>[] = [
  onCard({
    name: 'map.menu.edit',
    keys: ['Enter', 'F2'],
    icon: pencilIcon,
    run: (map, card) => map.edit(card),
  }),
  onCard({
    name: 'map.menu.move',
    keys: ['M'],
    icon: moveIcon,
    run: (map, card) => (map.overlay = { kind: 'move', cards: map.selection.with(card) }),
  }),
  ...([-1, 1] as const).map((by) =>
    onCard({
      name: by < 0 ? 'map.menu.up' : 'map.menu.down',
      series: reorder,
      keys: [by < 0 ? 'Alt+ArrowUp' : 'Alt+ArrowDown'],
      icon: by < 0 ? arrowUpIcon : arrowDownIcon,
      run: (map, card) => map.reorder(card, by),
    }),
  ),
];

/** Adds an idea that answers the card, and opens it for writing. */
export const newIdea: readonly Action<MapTarget>[] = [
  onCard({
    name: 'map.menu.new-idea',
    keys: ['I'],
    icon: lightbulbIcon,
    run: (map, card) => {
      const record = map.board.of(cards).get(card);
      if (!record) return;
      const { phase, step } = record.place;
      const given = { title: '', cards: [card], place: { phase, step }, personas: record.personas };
      map.workspace.go('ideas', addIdea(map.board.editor, given));
    },
  }),
];

const levels: KeyLine = [['1–4'], 'map.keys.evidence'];

export const evidence: readonly Action<MapTarget>[] = evidenceLevels.map((level: EvidenceLevel, index) =>
  onCard({
    name: `evidence.${level}`,
    series: levels,
    keys: [String(index + 1)],
    isOn: (target) => recordOf(target)?.evidence === level,
    run: (map, card) => {
      setEvidence(map.board.editor, map.selection.with(card), level);
      map.workspace.notify(t('map.evidence.set', { level: t(`evidence.${level}`) }), true);
    },
  }),
);

export const remove: readonly Action<MapTarget>[] = [
  onCard({
    name: 'map.menu.remove',
    keys: ['Delete', 'Backspace'],
    icon: trashIcon,
    danger: true,
    run: (map, card) => void map.remove(map.selection.with(card)),
  }),
];
