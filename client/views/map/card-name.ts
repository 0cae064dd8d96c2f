import type { Card } from '$shared/collections/card.ts';
import type { Board } from '../../model/board.svelte.ts';
import type { Entry } from '../../model/store/records.svelte.ts';
import { list, t } from '../../text/messages.svelte.ts';

/** A card in words for a screen reader: its text, then each mark that is drawn on it. */
export function cardName(board: Board, entry: Entry<Card>): string {
  const card = entry.record;
  if (!card) return '';
  const personas = card.personas.flatMap((id) => board.personas.get(id)?.name ?? []);
  const visitors = entry.visitors.flatMap(({ person, typing }) => {
    const name = board.people.get(person)?.name;
    return name === undefined ? [] : [t(typing ? 'map.card.typing' : 'map.card.here', { name })];
  });
  return [
    card.text === '' ? t('map.card.blank') : card.text,
    ...(card.support ? [t(`support.${card.support}`)] : []),
    ...(card.mode ? [t(`mode.${card.mode}`)] : []),
    t(`evidence.${card.evidence}`),
    ...(personas.length > 0 ? [list(personas)] : []),
    ...(entry.ideas.length > 0 ? [t('map.card.ideas', { count: entry.ideas.length })] : []),
    ...visitors,
  ].join(', ');
}
