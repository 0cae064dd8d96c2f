import type { EvidenceLevel, Mode, Support } from '$shared/collections/card.ts';
import {
  cards,
  evidenceLevels,
  markPersona,
  modes,
  setEvidence,
  setMode,
  setSupport,
  supports,
} from '$shared/collections/card.ts';
import { addIdea, ideas } from '$shared/collections/idea.ts';
import { lanes } from '$shared/collections/lane.ts';
import type { Persona } from '$shared/collections/persona.ts';
import type { Action } from '../../../parts/action.ts';
import { ideasFor } from '../../../parts/idea-links.ts';
import type { KeyLine } from '../../../parts/view.ts';
import { t } from '../../../text/messages.svelte.ts';
import {
  arrowDownIcon,
  arrowUpIcon,
  lightbulbIcon,
  moveIcon,
  pencilIcon,
  trashIcon,
} from '../../../ui/icons.ts';
import { laneViews } from '../lanes/lanes.ts';
import type { MapState } from '../map-state.svelte.ts';
import type { MapTarget } from './target.ts';

/** An action on a card, for those who may write. `run` is given the card. */
function onCard({
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

const recordOf = ({ map, card }: MapTarget) => map.board.of(cards).get(card);

/** What the cards of the lane are judged by. */
function judgedBy(target: MapTarget): 'evidence' | 'support' {
  const lane = target.map.board.of(lanes).get(recordOf(target)?.place.lane ?? null);
  const view = lane && laneViews[lane.type];
  return view?.holds === 'cards' ? view.judged : 'evidence';
}

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
    run: (map, card) => (map.overlay = { kind: 'move', cards: map.chosen(card) }),
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

/** A new idea that answers the card, opened for writing. */
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

/** Ideas that a menu leads to, at most. */
const mostIdeas = 5;

/** The ways to the ideas that answer a card; anybody may look at them. */
export function seeIdeas({ map, card }: MapTarget): Action<MapTarget>[] {
  const there = card === null ? [] : ideasFor(map.board, card).slice(0, mostIdeas);
  return there
    .flatMap((id) => map.board.of(ideas).get(id) ?? [])
    .map(({ id, title }) => ({
      name: 'map.menu.see-idea',
      label: () => t('map.menu.see-idea', { title: title || t('map.unnamed') }),
      icon: lightbulbIcon,
      may: () => true,
      run: () => map.workspace.go('ideas', id),
    }));
}

/** Whose the card is. */
export function marks(personas: readonly Persona[]): Action<MapTarget>[] {
  return personas.map(({ id, name }) => {
    const isMarked = (target: MapTarget) => recordOf(target)?.personas.includes(id) ?? false;
    return onCard({
      name: 'map.personas',
      label: () => name || t('map.unnamed'),
      isOn: isMarked,
      run: (map, card) => {
        const on = map.board.of(cards).get(card)?.personas.includes(id) ?? false;
        markPersona(map.board.editor, map.chosen(card), id, !on);
      },
    });
  });
}

const levels: KeyLine = [['1–4'], 'map.keys.evidence'];

export const evidence: readonly Action<MapTarget>[] = evidenceLevels.map((level: EvidenceLevel, index) =>
  onCard({
    name: `evidence.${level}`,
    series: levels,
    keys: [String(index + 1)],
    isOn: (target) => recordOf(target)?.evidence === level,
    run: (map, card) => setEvidence(map.board.editor, map.chosen(card), level),
  }),
);

export const support: readonly Action<MapTarget>[] = supports.map((one: Support) =>
  onCard({
    name: `support.${one}`,
    may: (target) => judgedBy(target) === 'support',
    isOn: (target) => recordOf(target)?.support === one,
    run: (map, card) => {
      const now = map.board.of(cards).get(card)?.support;
      setSupport(map.board.editor, map.chosen(card), now === one ? null : one);
    },
  }),
);

export const mode: readonly Action<MapTarget>[] = modes.map((one: Mode) =>
  onCard({
    name: `mode.${one}`,
    may: (target) => judgedBy(target) === 'evidence',
    isOn: (target) => recordOf(target)?.mode === one,
    run: (map, card) => {
      const now = map.board.of(cards).get(card)?.mode;
      setMode(map.board.editor, map.chosen(card), now === one ? null : one);
    },
  }),
);

export const remove: readonly Action<MapTarget>[] = [
  onCard({
    name: 'map.menu.remove',
    keys: ['Delete', 'Backspace'],
    icon: trashIcon,
    danger: true,
    run: (map, card) => void map.remove(map.chosen(card)),
  }),
];
