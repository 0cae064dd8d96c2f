import { ideas } from '$shared/collections/idea.ts';
import type { Board } from '../model/board.svelte.ts';
import { defineIndex } from '../model/store/index.svelte.ts';

const ideasByCard = defineIndex({ of: ideas, keys: (idea) => idea.cards });
const ideasByPhase = defineIndex({
  of: ideas,
  keys: ({ place }) => (place.phase === null ? [] : [place.phase]),
});

/** The ideas linked to a card. */
export function ideasFor(board: Board, card: string): readonly string[] {
  return board.by(ideasByCard).at(card).ids;
}

/** The ideas linked to a phase. */
export function ideasAt(board: Board, phase: string): readonly string[] {
  return board.by(ideasByPhase).at(phase).ids;
}
