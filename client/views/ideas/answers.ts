import { lanes } from '$shared/collections/lane.ts';
import { cards } from '$shared/collections/card.ts';
import type { Card } from '$shared/collections/card.ts';
import type { Lane } from '$shared/collections/lane.ts';
import type { Board } from '../../model/board.svelte.ts';

/** The kinds of cards that an idea can answer. */
const kinds = ['opportunity', 'challenge', 'other'] as const;
export type AnswerKind = (typeof kinds)[number];

/** A challenge is a card in a text lane of the analysis; an opportunity is a card in an opportunity lane. */
export function answerKind(lane: Pick<Lane, 'type' | 'group'> | null): AnswerKind {
  if (lane?.type === 'opportunity') return 'opportunity';
  return lane?.type === 'text' && lane.group === 'analysis' ? 'challenge' : 'other';
}

/** The challenges and opportunities of a board, in the order of the map's columns. */
export function answerable(
  board: Board,
): { readonly kind: 'opportunity' | 'challenge'; readonly cards: readonly Card[] }[] {
  const kinds = new Map(
    board.journey.lanes.map((lane) => [lane.id, answerKind(board.of(lanes).get(lane.id))]),
  );
  const found = { opportunity: [] as Card[], challenge: [] as Card[] };
  for (const { record } of board.of(cards).all) {
    const kind = kinds.get(record?.place.lane ?? '');
    if (record && record.text.trim() !== '' && kind !== undefined && kind !== 'other')
      found[kind].push(record);
  }
  const column = new Map(board.journey.phases.map(({ phase }, index) => [phase.id, index]));
  const place = (card: Card) => column.get(card.place.phase) ?? column.size;
  const byPlace = (a: Card, b: Card) => place(a) - place(b) || (a.place.order < b.place.order ? -1 : 1);
  return (['opportunity', 'challenge'] as const).map((kind) => ({ kind, cards: found[kind].sort(byPlace) }));
}

/** The cards that an idea answers, opportunities first: they say most about the purpose of the idea. */
export function answersOf(
  board: Board,
  ids: readonly string[],
): { readonly card: Card; readonly kind: AnswerKind }[] {
  return ids
    .flatMap((id) => {
      const card = board.of(cards).get(id);
      return card ? [{ card, kind: answerKind(board.of(lanes).get(card.place.lane)) }] : [];
    })
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}
