import { isBlank } from '$shared/text/blank.ts';
import { personas } from '$shared/collections/persona.ts';
import { people } from '$shared/collections/person.ts';
import type { Card } from '$shared/collections/card.ts';
import type { Board } from '../../../../model/board.svelte.ts';
import type { Entry } from '../../../../model/store/entries.svelte.ts';
import { ideasFor } from '../../../../parts/idea-links.ts';
import { isolate, list, t } from '../../../../text/messages.svelte.ts';

/** A card in words for screen readers: its text, then each mark drawn on it. */
export function cardName(board: Board, entry: Entry<Card>): string {
  const text = entry.record?.text;
  return `${text === undefined || isBlank(text) ? t('map.card.blank') : isolate(text)}, ${cardMarks(board, entry)}`;
}

/** The marks drawn on a card in words: the name of its field, whose value a screen reader says. */
export function cardMarks(board: Board, entry: Entry<Card>): string {
  const card = entry.record;
  if (!card) return '';
  const names = card.personas.flatMap((id) => board.of(personas).get(id)?.name ?? []);
  const answers = ideasFor(board, entry.id).length;
  const visitors = entry.visitors.flatMap(({ person, typing }) => {
    const visitor = board.of(people).get(person);
    if (!visitor || visitor.role === 'observer') return [];
    return [t(typing ? 'map.card.typing' : 'map.card.here', { name: visitor.name })];
  });
  return [
    ...(card.support ? [t(`support.${card.support}`)] : []),
    ...(card.mode ? [t(`mode.${card.mode}`)] : []),
    ...(card.decision ? [t(`decision.${card.decision}`)] : []),
    ...(card.locked ? [t('lock.on')] : []),
    t(`evidence.${card.evidence}`),
    ...(names.length > 0 ? [list(names)] : []),
    ...(answers > 0 ? [t('map.card.ideas', { count: answers })] : []),
    ...visitors,
  ].join(', ');
}
