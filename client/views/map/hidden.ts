import { cards } from '$shared/collections/card.ts';
import { ideas } from '$shared/collections/idea.ts';
import { lanes } from '$shared/collections/lane.ts';
import type { LaneType } from '$shared/collections/lane.ts';
import type { Board } from '../../model/board.svelte.ts';
import { defineIndex } from '../../model/store/index.svelte.ts';
import { ideasAt } from '../../parts/idea-links.ts';
import { personasInOrder } from '../../parts/personas.ts';
import { marksAt, placedAt } from './lanes/emotions.ts';

/** The cards marked with each persona, by the persona's id. */
const cardsByPersona = defineIndex({ of: cards, keys: ({ personas }) => personas });

/** What a filter by personas hides. */
export interface Hidden {
  readonly cards: number;
  /** Ideas of the lanes that show the backlog. */
  readonly ideas: number;
  /** Personas whose emotions or curve are hidden. */
  readonly personas: number;
}

/** What a filter by these personas hides, in the lanes that the map has. Reads no card, so that it costs little. */
export function hiddenBy(board: Board, chosen: ReadonlySet<string>): Hidden {
  if (chosen.size === 0) return { cards: 0, ideas: 0, personas: 0 };
  const shown = new Set([...chosen].flatMap((persona) => board.by(cardsByPersona).at(persona).ids));
  const phases = board.journey.phases.map(({ phase }) => phase.id);
  const types = new Set<LaneType | undefined>(
    board.journey.lanes.map(({ id }) => board.of(lanes).get(id)?.type),
  );
  const isIdeaHidden = (id: string) => {
    const idea = board.of(ideas).get(id);
    return idea !== null && idea.state !== 'dropped' && !idea.personas.some((one) => chosen.has(one));
  };
  const hasFeelings = (persona: string) =>
    phases.some(
      (phase) =>
        marksAt(board, persona, phase).length > 0 ||
        (types.has('curve') && placedAt(board, persona, phase) !== null),
    );
  return {
    cards: board.of(cards).all.length - shown.size,
    ideas: types.has('idea')
      ? phases.flatMap((phase) => ideasAt(board, phase)).filter((id) => isIdeaHidden(id)).length
      : 0,
    personas:
      types.has('emotion') || types.has('curve')
        ? personasInOrder(board).filter(({ id }) => !chosen.has(id) && hasFeelings(id)).length
        : 0,
  };
}
