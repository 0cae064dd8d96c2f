import { tick } from 'svelte';
import type { EvidenceLevel, Mode, Support } from '$shared/collections/card.ts';
import {
  cards,
  evidenceLevels,
  lockCards,
  markPersona,
  modes,
  setCardDecision,
  setEvidence,
  setMode,
  setSupport,
  supports,
} from '$shared/collections/card.ts';
import { decisions } from '$shared/collections/decision.ts';
import { addIdea, ideas } from '$shared/collections/idea.ts';
import { lanes } from '$shared/collections/lane.ts';
import type { Persona } from '$shared/collections/persona.ts';
import type { Action } from '../../../parts/action.ts';
import { ideasFor } from '../../../parts/idea-links.ts';
import { frameTitle, ideaTitle } from '../../../parts/untitled.ts';
import type { Key } from '../../../text/messages.svelte.ts';
import { t } from '../../../text/messages.svelte.ts';
import { lightbulbIcon, lockIcon } from '../../../ui/icons.ts';
import { moveIcon } from '../../../ui/more-icons.ts';
import { laneViews } from '../lanes/lanes.ts';
import type { MapState } from '../map-state.svelte.ts';
import { onCard, recordOf } from './card.ts';
import type { MapTarget } from './target.ts';

// Actions of a card's menu without keys, in the menus' script.

export const move: readonly Action<MapTarget>[] = [
  onCard({
    name: 'menu.move',
    operation: 'move',
    icon: moveIcon,
    run: (map, card) => (map.overlay = { kind: 'move', cards: map.selection.with(card) }),
  }),
];

/** Adds an idea that answers the card, and opens it for writing. */
export const newIdea: readonly Action<MapTarget>[] = [
  onCard({
    name: 'menu.new-idea',
    operation: 'add',
    of: ideas,
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

/** Says to what a field of these cards was set. */
function tellSet(map: MapState, ids: readonly string[], field: Key, value: Key | null): void {
  const said = { what: t(field), value: t(value ?? 'map.not-set') };
  const isOne = ids.length === 1;
  map.workspace.notify(isOne ? t('map.set', said) : t('map.set.cards', { ...said, count: ids.length }), true);
}

export const evidence: readonly Action<MapTarget>[] = evidenceLevels.map((level: EvidenceLevel) =>
  onCard({
    name: `evidence.${level}`,
    isOn: (target) => recordOf(target)?.evidence === level,
    run: (map, card) => {
      const ids = map.selection.with(card);
      setEvidence(map.board.editor, ids, level);
      tellSet(map, ids, 'menu.evidence', `evidence.${level}`);
    },
  }),
);

/** The rating that the cards of the lane have. */
function judgedBy(target: MapTarget): 'evidence' | 'support' {
  const lane = target.map.board.of(lanes).get(recordOf(target)?.place.lane ?? null);
  const view = lane && laneViews[lane.type];
  return view?.holds === 'cards' ? view.judged : 'evidence';
}

/** The most ideas listed in a menu. */
const mostIdeas = 5;

/** Links to the ideas that answer a card. Observers have them too. */
export function seeIdeas({ map, card }: MapTarget): Action<MapTarget>[] {
  const there = card === null ? [] : ideasFor(map.board, card).slice(0, mostIdeas);
  return there
    .flatMap((id) => map.board.of(ideas).get(id) ?? [])
    .map(({ id, title }) => ({
      name: 'menu.see-idea',
      label: () => t('menu.see-idea', { title: ideaTitle(title) }),
      icon: lightbulbIcon,
      may: () => true,
      run: () => map.workspace.go('ideas', id),
    }));
}

/** Actions that mark the card with a persona. */
export function marks(personas: readonly Persona[]): Action<MapTarget>[] {
  return personas.map(({ id, name }) => {
    const isMarked = (target: MapTarget) => recordOf(target)?.personas.includes(id) ?? false;
    return onCard({
      name: 'map.personas',
      label: () => frameTitle(name),
      isOn: isMarked,
      run: (map, card) => {
        const on = map.board.of(cards).get(card)?.personas.includes(id) ?? false;
        const ids = map.selection.with(card);
        markPersona(map.board.editor, ids, id, !on);
        const said = { persona: frameTitle(name), count: ids.length };
        map.workspace.notify(t(on ? 'map.unmarked' : 'map.marked', said), true);
      },
    });
  });
}

export const support: readonly Action<MapTarget>[] = supports.map((one: Support) =>
  onCard({
    name: `support.${one}`,
    may: (target) => judgedBy(target) === 'support',
    isOn: (target) => recordOf(target)?.support === one,
    run: (map, card) => {
      const next = map.board.of(cards).get(card)?.support === one ? null : one;
      const ids = map.selection.with(card);
      setSupport(map.board.editor, ids, next);
      tellSet(map, ids, 'menu.support', next && `support.${next}`);
    },
  }),
);

/** An action for facilitators on the chosen cards. */
function forLeaders(given: Parameters<typeof onCard>[0]): Action<MapTarget> {
  return onCard({ ...given, may: ({ map }) => map.workspace.may('structure') });
}

export const decision: readonly Action<MapTarget>[] = decisions.map((one) =>
  forLeaders({
    name: `decision.${one}`,
    isOn: (target) => recordOf(target)?.decision === one,
    run: (map, card) => {
      const next = map.board.of(cards).get(card)?.decision === one ? null : one;
      const ids = map.selection.with(card);
      setCardDecision(map.board.editor, ids, next);
      tellSet(map, ids, 'menu.decision', next && `decision.${next}`);
    },
  }),
);

/** Opens the second menu, so that the first fits a low window. */
export const moreForLeaders: readonly Action<MapTarget>[] = [
  {
    name: 'menu.decide',
    icon: lockIcon,
    may: ({ map }) => map.workspace.may('structure'),
    run: ({ map, card, element }) => {
      if (card === null) return;
      const open = { kind: 'decision', id: card, anchor: element, from: element } as const;
      // Once this menu has closed and given back the focus.
      void tick().then(() => (map.menu = open));
    },
  },
];

export const lock: readonly Action<MapTarget>[] = [
  forLeaders({
    name: 'menu.lock',
    label: (target) => t(recordOf(target)?.locked ? 'menu.unlock' : 'menu.lock'),
    icon: lockIcon,
    run: (map, card) => {
      const on = !map.board.of(cards).get(card)?.locked;
      lockCards(map.board.editor, map.selection.with(card), on);
      map.workspace.notify(t(on ? 'menu.locked' : 'menu.unlocked'), true);
    },
  }),
];

export const mode: readonly Action<MapTarget>[] = modes.map((one: Mode) =>
  onCard({
    name: `mode.${one}`,
    may: (target) => judgedBy(target) === 'evidence',
    isOn: (target) => recordOf(target)?.mode === one,
    run: (map, card) => {
      const next = map.board.of(cards).get(card)?.mode === one ? null : one;
      const ids = map.selection.with(card);
      setMode(map.board.editor, ids, next);
      tellSet(map, ids, 'menu.mode', next && `mode.${next}`);
    },
  }),
);
